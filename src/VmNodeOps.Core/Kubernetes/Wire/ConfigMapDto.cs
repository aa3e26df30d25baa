namespace VmNodeOps.Kubernetes.Wire;

internal sealed class ConfigMapDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }

    public Dictionary<string, string>? Data { get; init; }
}
