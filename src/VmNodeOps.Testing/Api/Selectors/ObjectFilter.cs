namespace VmNodeOps.Testing.Api.Selectors;

/// <summary>Which objects of a type a list, a watch or a deletecollection is about.</summary>
internal sealed record ObjectFilter(string? Namespace, LabelSelector Labels, FieldSelector Fields)
{
    /// <summary>With a selector a server does not count what remains behind a page.</summary>
    public bool HasSelector => !Labels.IsEmpty || !Fields.IsEmpty;

    public static ObjectFilter Of(ApiCall call) =>
        new(
            call.Namespace,
            LabelSelector.Parse(call.Query.GetValueOrDefault("labelSelector")),
            FieldSelector.Parse(call.Type, call.Query.GetValueOrDefault("fieldSelector")));

    public bool Matches(StoredObject stored) =>
        (Namespace is null || Namespace == stored.Namespace) && Labels.Matches(stored.Labels) && Fields.Matches(stored);
}
