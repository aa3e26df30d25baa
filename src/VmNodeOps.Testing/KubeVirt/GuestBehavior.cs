namespace VmNodeOps.Testing;

/// <summary>How the guest of a machine behaves on its host: what no API object says.</summary>
public sealed record GuestBehavior
{
    /// <summary>From the start of its launcher to a running guest.</summary>
    /// <value>One second.</value>
    public TimeSpan BootDuration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>From the ACPI power button to the end of the guest. If it is longer than the instance's grace period, the guest is destroyed.</summary>
    /// <value>Two seconds.</value>
    public TimeSpan ShutdownDuration { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether the guest does not listen to the power button, so that it is destroyed after its grace period and its instance fails.</summary>
    public bool IgnoresShutdown { get; init; }

    /// <summary>From the start of a live migration to its switch-over.</summary>
    /// <value>Two seconds.</value>
    public TimeSpan MigrationDuration { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many of its next live migrations fail, at the time they would have switched over.</summary>
    public int FailingMigrations { get; init; }

    /// <summary>Why it cannot be live-migrated, as the condition's reason; null: its volumes decide.</summary>
    public string? NotMigratableReason { get; init; }

    /// <summary>The message beside <see cref="NotMigratableReason"/>.</summary>
    public string? NotMigratableMessage { get; init; }

    /// <summary>Whether its guest agent is connected.</summary>
    /// <value>True.</value>
    public bool HasAgent { get; init; } = true;

    /// <summary>Whether the guest fails before it runs.</summary>
    public bool FailsToStart { get; init; }
}
