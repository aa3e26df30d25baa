using System.Text.Json;

namespace VmNodeOps.Kubernetes.Wire;

internal sealed class DisruptionBudgetDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }

    public DisruptionBudgetSpecDto? Spec { get; init; }

    public DisruptionBudgetStatusDto? Status { get; init; }
}

internal sealed class DisruptionBudgetSpecDto
{
    public LabelSelectorDto? Selector { get; init; }

    /// <summary>A number or a text with a percentage.</summary>
    public JsonElement? MinAvailable { get; init; }

    /// <summary>A number or a text with a percentage.</summary>
    public JsonElement? MaxUnavailable { get; init; }

    public string? UnhealthyPodEvictionPolicy { get; init; }
}

internal sealed class LabelSelectorDto
{
    public Dictionary<string, string?>? MatchLabels { get; init; }

    public List<LabelRequirementDto>? MatchExpressions { get; init; }
}

internal sealed class LabelRequirementDto
{
    public string? Key { get; init; }

    public string? Operator { get; init; }

    public List<string>? Values { get; init; }
}

internal sealed class DisruptionBudgetStatusDto
{
    public int? DisruptionsAllowed { get; init; }

    public int? CurrentHealthy { get; init; }

    public int? DesiredHealthy { get; init; }

    public int? ExpectedPods { get; init; }

    public long? ObservedGeneration { get; init; }
}
