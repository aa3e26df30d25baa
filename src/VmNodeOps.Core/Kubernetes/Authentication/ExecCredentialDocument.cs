using System.Text.Json.Serialization;

namespace VmNodeOps.Kubernetes.Authentication;

/// <summary>The answer of an exec plugin.</summary>
internal sealed class ExecCredentialDocument
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public ExecCredentialStatus? Status { get; init; }
}

internal sealed class ExecCredentialStatus
{
    public string? Token { get; init; }

    public string? ClientCertificateData { get; init; }

    public string? ClientKeyData { get; init; }

    public DateTimeOffset? ExpirationTimestamp { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExecCredentialDocument))]
internal sealed partial class ExecCredentialJson : JsonSerializerContext;
