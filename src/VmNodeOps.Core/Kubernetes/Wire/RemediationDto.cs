namespace VmNodeOps.Kubernetes.Wire;

internal sealed class RemediationDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }

    public RemediationSpecDto? Spec { get; init; }
}

internal sealed class RemediationSpecDto
{
    public string? NodeName { get; init; }
}

/// <summary>The answer of <c>/apis</c>, as far as it is of interest.</summary>
internal sealed class ApiGroupsDto
{
    public List<ApiGroupDto>? Groups { get; init; }
}

internal sealed class ApiGroupDto
{
    public string? Name { get; init; }

    public ApiVersionDto? PreferredVersion { get; init; }
}

internal sealed class ApiVersionDto
{
    public string? Version { get; init; }
}
