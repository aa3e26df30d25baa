using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Deletion;

/// <summary>Reads DeleteOptions, as the body of a delete or inside an Eviction.</summary>
internal static class DeleteOptions
{
    public static DeleteRequest Read(JsonObject? body, IReadOnlyDictionary<string, string> query)
    {
        var preconditions = body?["preconditions"] as JsonObject;
        var grace = (long?)body?["gracePeriodSeconds"] ??
            (long.TryParse(query.GetValueOrDefault("gracePeriodSeconds"), CultureInfo.InvariantCulture, out var seconds) ? seconds : null);
        return new DeleteRequest
        {
            GracePeriodSeconds = grace,
            Uid = (string?)preconditions?["uid"],
            ResourceVersion = (string?)preconditions?["resourceVersion"],
            PropagationPolicy = Policy((string?)body?["propagationPolicy"] ?? query.GetValueOrDefault("propagationPolicy"), body, query),
            DryRun = IsDryRun(query.GetValueOrDefault("dryRun"), "DeleteOptions") ||
                (body?["dryRun"] is JsonArray values && values.Any(value => IsDryRun((string?)value, "DeleteOptions"))),
        };
    }

    /// <param name="kind">Under which name the server refuses other values.</param>
    public static bool IsDryRun(string? value, string kind)
    {
        if (string.IsNullOrEmpty(value))
        {
            return false;
        }

        return value == "All" ? true : throw Unsupported(kind, "dryRun", value, "\"All\"");
    }

    private static string? Policy(string? policy, JsonObject? body, IReadOnlyDictionary<string, string> query)
    {
        if (!string.IsNullOrEmpty(policy))
        {
            return policy is "Background" or "Foreground" or "Orphan"
                ? policy
                : throw Unsupported("DeleteOptions", "propagationPolicy", policy, "\"Foreground\", \"Background\", \"Orphan\", \"nil\"");
        }

        var orphan = (bool?)body?["orphanDependents"] ?? (query.TryGetValue("orphanDependents", out var text) ? text == "true" : null);
        return orphan is null ? null : orphan.Value ? "Orphan" : "Background";
    }

    private static ApiErrorException Unsupported(string kind, string field, string value, string supported)
    {
        var details = ApiErrors.Details("", "meta.k8s.io", kind);
        var message = $"Unsupported value: \"{value}\": supported values: {supported}";
        details["causes"] = new JsonArray(ApiErrors.Cause("FieldValueNotSupported", message, field));
        return ApiErrorException.Create(422, "Invalid", $"{kind}.meta.k8s.io \"\" is invalid: {field}: {message}", details);
    }
}
