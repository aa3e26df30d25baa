namespace VmNodeOps.Tests.Fencing;

/// <summary>A test that needs ClusterLabs' fence agents: skipped where there are none, but never on the build server, where they are expected.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FenceAgentFactAttribute : FactAttribute
{
    public const string Agent = "fence_redfish";

    public FenceAgentFactAttribute() => Skip = Reason;

    public static string? Reason => FenceAgentProgram.Find(Agent) is not null || Environment.GetEnvironmentVariable("CI") == "true"
        ? null
        : $"No {Agent} on this machine (Debian package fence-agents).";
}

/// <summary>The same for a test over several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FenceAgentTheoryAttribute : TheoryAttribute
{
    public FenceAgentTheoryAttribute() => Skip = FenceAgentFactAttribute.Reason;
}
