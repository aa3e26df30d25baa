using System.Text.Json;

namespace VmNodeOps.Kubernetes.Wire;

internal sealed class DisruptionBudgetDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }

    public DisruptionBudgetSpecDto? Spec { get; set; }

    public DisruptionBudgetStatusDto? Status { get; set; }
}

internal sealed class DisruptionBudgetSpecDto
{
    public LabelSelectorDto? Selector { get; set; }

    /// <summary>A number or a text with a percentage.</summary>
    public JsonElement? MinAvailable { get; set; }

    /// <summary>A number or a text with a percentage.</summary>
    public JsonElement? MaxUnavailable { get; set; }

    public string? UnhealthyPodEvictionPolicy { get; set; }
}

internal sealed class LabelSelectorDto
{
    public Dictionary<string, string?>? MatchLabels { get; set; }

    public List<LabelRequirementDto>? MatchExpressions { get; set; }
}

internal sealed class LabelRequirementDto
{
    public string? Key { get; set; }

    public string? Operator { get; set; }

    public List<string>? Values { get; set; }
}

internal sealed class DisruptionBudgetStatusDto
{
    public int? DisruptionsAllowed { get; set; }

    public int? CurrentHealthy { get; set; }

    public int? DesiredHealthy { get; set; }

    public int? ExpectedPods { get; set; }

    public long? ObservedGeneration { get; set; }
}
