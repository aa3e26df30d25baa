using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The refusals of KubeVirt's webhooks, as the API server passes them on.</summary>
internal static class Denial
{
    /// <summary>A refusal with nothing but a code and a message.</summary>
    public static ApiErrorException Of(string webhook, int code, string message) =>
        ApiErrorException.Create(code, null, Text(webhook, message));

    /// <summary>A refusal of a field.</summary>
    public static ApiErrorException OfField(string webhook, string message, string? field = null)
    {
        var cause = new JsonObject { ["reason"] = "FieldValueNotSupported", ["message"] = message };
        if (field is not null)
        {
            cause["field"] = field;
        }

        return ApiErrorException.Create(422, "Invalid", Text(webhook, message), new JsonObject { ["causes"] = new JsonArray(cause) });
    }

    private static string Text(string webhook, string message) => $"admission webhook \"{webhook}\" denied the request: {message}";
}
