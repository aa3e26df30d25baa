namespace VmNodeOps.Kubernetes.Wire;

internal sealed class RemediationDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }

    public RemediationSpecDto? Spec { get; set; }
}

internal sealed class RemediationSpecDto
{
    public string? NodeName { get; set; }
}

/// <summary>The answer of <c>/apis</c>, as far as it is of interest.</summary>
internal sealed class ApiGroupsDto
{
    public List<ApiGroupDto>? Groups { get; set; }
}

internal sealed class ApiGroupDto
{
    public string? Name { get; set; }

    public ApiVersionDto? PreferredVersion { get; set; }
}

internal sealed class ApiVersionDto
{
    public string? Version { get; set; }
}
