namespace VmNodeOps;

/// <summary>A run did not succeed; thrown by <see cref="MaintenanceReport.EnsureSucceeded"/>.</summary>
public sealed class MaintenanceException : Exception
{
    /// <summary>Makes an exception without a report.</summary>
    public MaintenanceException()
    {
    }

    /// <summary>Makes an exception without a report.</summary>
    public MaintenanceException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without a report.</summary>
    public MaintenanceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal MaintenanceException(MaintenanceReport report)
        : base(report.Summary) => Report = report;

    /// <summary>What happened.</summary>
    public MaintenanceReport? Report { get; }
}

/// <summary>A run was cancelled after it had begun; carries what it had done.</summary>
public sealed class MaintenanceCanceledException : OperationCanceledException
{
    /// <summary>Makes an exception without a report.</summary>
    public MaintenanceCanceledException()
    {
    }

    /// <summary>Makes an exception without a report.</summary>
    public MaintenanceCanceledException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without a report.</summary>
    public MaintenanceCanceledException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal MaintenanceCanceledException(MaintenanceReport report, CancellationToken cancellationToken)
        : base(report.Summary, cancellationToken) => Report = report;

    /// <summary>What had happened until then.</summary>
    public MaintenanceReport? Report { get; }
}
