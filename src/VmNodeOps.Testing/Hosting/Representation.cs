namespace VmNodeOps.Testing.Hosting;

internal enum Shape
{
    Plain,
    Table,
    Metadata,
    MetadataList,
    Discovery,
}

/// <summary>The form in which a client wants the answer.</summary>
/// <param name="Version">The version of the form: v1 or v1beta1 of meta.k8s.io, v2 or v2beta1 of apidiscovery.k8s.io.</param>
internal sealed record Representation(Shape Shape, string Version)
{
    public static Representation Plain { get; } = new(Shape.Plain, "v1");

    /// <summary>The first form in the Accept header that the server can give; null if there is none.</summary>
    /// <param name="accept">The header; empty means that anything is welcome.</param>
    /// <param name="offers">Whether this form can be given here.</param>
    public static Representation? Choose(string accept, Func<Representation, bool> offers)
    {
        if (string.IsNullOrWhiteSpace(accept))
        {
            return Plain;
        }

        // A stable sort: clauses of the same weight keep their order.
        foreach (var clause in accept.Split(',').Select(Clause.Parse).OrderByDescending(clause => clause.Weight))
        {
            if (clause.MediaType is not ("application/json" or "application/*" or "*/*"))
            {
                continue;
            }

            if (clause.Form is { } form && (form.Shape == Shape.Plain || offers(form)))
            {
                return form;
            }
        }

        return null;
    }

    private sealed record Clause(string MediaType, Representation? Form, double Weight)
    {
        public static Clause Parse(string text)
        {
            var parts = text.Split(';', StringSplitOptions.TrimEntries);
            string? form = null;
            var version = "";
            var group = "";
            var weight = 1.0;
            foreach (var part in parts.Skip(1))
            {
                var (name, value) = part.IndexOf('=', StringComparison.Ordinal) is var at && at >= 0 ? (part[..at], part[(at + 1)..]) : (part, "");
                switch (name)
                {
                    case "as":
                        form = value;
                        break;
                    case "v":
                        version = value;
                        break;
                    case "g":
                        group = value;
                        break;
                    case "q" when double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var parsed):
                        weight = parsed;
                        break;
                }
            }

            return new Clause(parts[0].ToLowerInvariant(), FormOf(form, group, version), weight);
        }

        private static Representation? FormOf(string? form, string group, string version) => (form, group, version) switch
        {
            (null, _, _) => Plain,
            ("Table", "meta.k8s.io", "v1" or "v1beta1") => new Representation(Shape.Table, version),
            ("PartialObjectMetadata", "meta.k8s.io", "v1" or "v1beta1") => new Representation(Shape.Metadata, version),
            ("PartialObjectMetadataList", "meta.k8s.io", "v1" or "v1beta1") => new Representation(Shape.MetadataList, version),
            ("APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2" or "v2beta1") => new Representation(Shape.Discovery, version),
            _ => null,
        };
    }
}
