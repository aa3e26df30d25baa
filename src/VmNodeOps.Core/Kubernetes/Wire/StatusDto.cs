namespace VmNodeOps.Kubernetes.Wire;

/// <summary>The <c>Status</c> object of a refusal.</summary>
internal sealed class StatusDto
{
    public string? Kind { get; set; }

    public string? Message { get; set; }

    public string? Reason { get; set; }

    public int? Code { get; set; }

    public StatusDetailsDto? Details { get; set; }
}

internal sealed class StatusDetailsDto
{
    public string? Name { get; set; }

    public string? Uid { get; set; }

    public List<StatusCauseDto>? Causes { get; set; }

    public int? RetryAfterSeconds { get; set; }
}

internal sealed class StatusCauseDto
{
    public string? Reason { get; set; }

    public string? Message { get; set; }

    public string? Field { get; set; }
}

/// <summary>The answer of <c>/version</c>.</summary>
internal sealed class VersionDto
{
    public string? GitVersion { get; set; }

    public string? Major { get; set; }

    public string? Minor { get; set; }
}

/// <summary>The answer to a SelfSubjectAccessReview.</summary>
internal sealed class AccessReviewDto
{
    public AccessReviewStatusDto? Status { get; set; }
}

internal sealed class AccessReviewStatusDto
{
    public bool? Allowed { get; set; }

    public string? Reason { get; set; }

    public string? EvaluationError { get; set; }
}
