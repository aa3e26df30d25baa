using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api;

/// <summary>A refusal with the Status object that the client gets.</summary>
internal sealed class ApiErrorException(JsonObject status) : Exception((string?)status["message"])
{
    /// <summary>The Status as it goes over the wire.</summary>
    public JsonObject Status { get; } = status;

    /// <summary>The HTTP status code.</summary>
    public int Code => (int)Status["code"]!;

    /// <summary>How long the server takes before it answers, on the cluster's clock: a webhook that hangs costs its time-out.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Sent as the Retry-After header, in seconds.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Texts for Warning headers: unknown fields of the body.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>A Status in the shape of the API machinery: empty members are left out.</summary>
    public static ApiErrorException Create(int code, string? reason, string message, JsonObject? details = null)
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
        };
        if (reason is not null)
        {
            status["reason"] = reason;
        }

        if (details is not null)
        {
            status["details"] = details;
        }

        status["code"] = code;
        return new ApiErrorException(status);
    }
}
