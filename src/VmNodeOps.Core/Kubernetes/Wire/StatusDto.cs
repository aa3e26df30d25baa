namespace VmNodeOps.Kubernetes.Wire;

/// <summary>The <c>Status</c> object of a refusal.</summary>
internal sealed class StatusDto
{
    public string? Kind { get; init; }

    public string? Message { get; init; }

    public string? Reason { get; init; }

    public int? Code { get; init; }

    public StatusDetailsDto? Details { get; init; }
}

internal sealed class StatusDetailsDto
{
    public string? Name { get; init; }

    public string? Uid { get; init; }

    public List<StatusCauseDto>? Causes { get; init; }

    public int? RetryAfterSeconds { get; init; }
}

internal sealed class StatusCauseDto
{
    public string? Reason { get; init; }

    public string? Message { get; init; }

    public string? Field { get; init; }
}

/// <summary>The answer of <c>/version</c>.</summary>
internal sealed class VersionDto
{
    public string? GitVersion { get; init; }

    public string? Major { get; init; }

    public string? Minor { get; init; }
}

/// <summary>The answer to a SelfSubjectAccessReview.</summary>
internal sealed class AccessReviewDto
{
    public AccessReviewStatusDto? Status { get; init; }
}

internal sealed class AccessReviewStatusDto
{
    public bool? Allowed { get; init; }

    public string? Reason { get; init; }

    public string? EvaluationError { get; init; }
}
