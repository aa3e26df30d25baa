namespace VmNodeOps.Tests.Scenes;

/// <summary>Ways to drain, for tests.</summary>
internal static class Drains
{
    /// <summary>Whatever becomes of the machines.</summary>
    public static DrainOptions OfAll(DrainOptions options) => options with { Policy = VirtualMachinePolicy.ProceedWithAll };

    public static Func<DrainOptions, DrainOptions> Under(Func<VirtualMachinePolicy, VirtualMachinePolicy> policy) =>
        options => options with { Policy = policy(options.Policy) };
}
