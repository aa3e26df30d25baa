namespace VmNodeOps;

/// <summary>How a step ended.</summary>
public sealed record StepOutcome
{
    /// <summary>How.</summary>
    public required StepResult Result { get; init; }

    /// <summary>One word for programs, in CamelCase: <c>BudgetNeverAllows</c>. Default empty for success.</summary>
    public string Code { get; init; } = "";

    /// <summary>A sentence or more for people: what, which object, why, and what lifts it.</summary>
    public required string Message { get; init; }

    /// <summary>Done.</summary>
    public static StepOutcome Succeeded(string message) => new() { Result = StepResult.Succeeded, Message = message };

    /// <summary>There was nothing to do.</summary>
    public static StepOutcome Skipped(string message) => new() { Result = StepResult.Skipped, Message = message };

    /// <summary>Something stands against it that waiting does not lift, or a safety rule forbids it.</summary>
    public static StepOutcome Blocked(string code, string message) => new() { Result = StepResult.Blocked, Code = code, Message = message };

    /// <summary>It was tried and did not work.</summary>
    public static StepOutcome Failed(string code, string message) => new() { Result = StepResult.Failed, Code = code, Message = message };

    /// <summary>Its time was up.</summary>
    public static StepOutcome TimedOut(string message) => new() { Result = StepResult.TimedOut, Code = "TimedOut", Message = message };
}

/// <summary>The ways in which a step ends.</summary>
public enum StepResult
{
    /// <summary>Not reached: an earlier step ended the run.</summary>
    NotReached,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>There was nothing to do.</summary>
    Skipped,

    /// <summary>Something stands against it that waiting does not lift, or a safety rule forbids it.</summary>
    Blocked,

    /// <summary>It was tried and did not work.</summary>
    Failed,

    /// <summary>Its time was up.</summary>
    TimedOut,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}
