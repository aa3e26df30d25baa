namespace VmNodeOps.Kubernetes.Wire;

internal sealed class ConfigMapDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }

    public Dictionary<string, string>? Data { get; set; }
}
