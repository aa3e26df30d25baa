using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Stops a virtual machine and starts it again, each in the way that its run strategy wants and with nothing else changed.</summary>
/// <remarks>
/// <para>Always, Once and <c>spec.running: true</c> run because their spec says so: they stop when it says Halted (or false), and run again when it says what it said. KubeVirt's own
/// start call would make Always of a halted machine, whatever it had been, so it is not used for these.</para>
/// <para>Manual and RerunOnFailure keep their strategy: KubeVirt's stop call leaves a request for virt-controller, and the start call another one.</para>
/// </remarks>
internal static class RunSwitch
{
    public static bool CanStop(VirtualMachine machine) =>
        machine.RunStrategy is RunStrategy.Always or RunStrategy.Once or RunStrategy.Manual or RunStrategy.RerunOnFailure;

    public static AccessQuestion[] StartRights { get; } =
    [
        new() { Verb = "get", Group = "kubevirt.io", Resource = "virtualmachines" },
        new() { Verb = "patch", Group = "kubevirt.io", Resource = "virtualmachines" },
        new() { Verb = "update", Group = "subresources.kubevirt.io", Resource = "virtualmachines", Subresource = "start" },
    ];

    public static AccessQuestion[] Rights { get; } =
        [.. StartRights, new AccessQuestion { Verb = "update", Group = "subresources.kubevirt.io", Resource = "virtualmachines", Subresource = "stop" }];

    /// <summary>Stops a machine as it was just read. Does no more when it is repeated.</summary>
    public static Task StopAsync(StepContext context, VirtualMachine machine, CancellationToken cancellationToken)
    {
        var intent = new WriteIntent { Verb = "stop", Target = Refer.To(machine) };
        return IsInSpec(machine.RunStrategy)
            ? SetAsync(context, intent, machine, RunStrategy.Halted, machine.Running is null ? null : false, cancellationToken)
            : CallAsync(context, intent, (cluster, token) => cluster.VirtualMachines.StopAsync(machine.Name, cancellationToken: token), cancellationToken);
    }

    /// <summary>Starts a machine as it was before it was stopped.</summary>
    /// <returns>Null if its start was asked for or is not needed; else why it was left as it is.</returns>
    public static async Task<string?> StartAsync(StepContext context, VirtualMachine? machine, JournaledStop stop, CancellationToken cancellationToken)
    {
        if (machine is null || machine.Uid != stop.MachineUid || machine.IsDeleting)
        {
            return "its virtual machine was deleted meanwhile";
        }

        var intent = new WriteIntent { Verb = "start", Target = Refer.To(machine) };
        if (IsInSpec(stop.RunStrategy))
        {
            if (machine.RunStrategy == stop.RunStrategy)
            {
                return null;
            }

            if (machine.RunStrategy != RunStrategy.Halted)
            {
                return $"somebody has set its run strategy to {machine.RunStrategy} meanwhile (it was {stop.RunStrategy})";
            }

            await SetAsync(context, intent, machine, stop.RunStrategy, stop.Running, cancellationToken).ConfigureAwait(false);
            return null;
        }

        if (machine.RunStrategy != stop.RunStrategy)
        {
            return $"somebody has set its run strategy to {machine.RunStrategy} meanwhile (it was {stop.RunStrategy})";
        }

        await CallAsync(context, intent, (cluster, token) => cluster.VirtualMachines.StartAsync(machine.Name, cancellationToken: token), cancellationToken).ConfigureAwait(false);
        return null;
    }

    private static bool IsInSpec(RunStrategy strategy) => strategy is RunStrategy.Always or RunStrategy.Once;

    private static Task SetAsync(
        StepContext context, WriteIntent intent, VirtualMachine machine, RunStrategy strategy, bool? running, CancellationToken cancellationToken) =>
        context.WriteUnlessGoneAsync(
            token => context.Gate.WriteAsync(
                intent,
                async (cluster, write) => await cluster.VirtualMachines.SetRunStrategyAsync(machine.Identity, strategy, running, cancellationToken: write).ConfigureAwait(false),
                token),
            cancellationToken);

    /// <summary>A conflict means that it is stopped, or runs, already: by an attempt whose answer was lost, or by somebody else.</summary>
    private static Task CallAsync(
        StepContext context, WriteIntent intent, Func<IClusterClient, CancellationToken, Task> call, CancellationToken cancellationToken) =>
        context.WriteUnlessGoneAsync(token => context.Gate.WriteAsync(intent, call, token), cancellationToken);
}
