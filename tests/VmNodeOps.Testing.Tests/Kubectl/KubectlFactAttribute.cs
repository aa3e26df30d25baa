namespace VmNodeOps.Testing.Tests.Kubectl;

/// <summary>A test that needs a kubectl: skipped where there is none, but never on the build server, where one is expected.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute() => Skip = KubectlSkip.Reason(KubectlBinary.All);
}

/// <summary>The same for a test over every kubectl found.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KubectlTheoryAttribute : TheoryAttribute
{
    public KubectlTheoryAttribute() => Skip = KubectlSkip.Reason(KubectlBinary.All);
}

internal static class KubectlSkip
{
    public static string? Reason(IReadOnlyList<KubectlBinary> found) =>
        found.Count > 0 || Environment.GetEnvironmentVariable("CI") == "true" ? null : "No kubectl in PATH on this machine.";
}
