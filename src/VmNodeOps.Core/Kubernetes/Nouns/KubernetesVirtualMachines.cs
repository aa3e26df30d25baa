using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>Virtual machines over HTTPS.</summary>
internal sealed class KubernetesVirtualMachines(ApiGateway gateway)
    : KubernetesReader<VirtualMachineDto, VirtualMachine>(gateway, Resources.VirtualMachines), IVirtualMachines
{
    public Task StartAsync(ObjectName machine, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        Gateway.SendAsync(Subresources.Put(Kind, machine, "start", [], options, $"start virtual machine {machine}"), cancellationToken);

    public Task StopAsync(ObjectName machine, TimeSpan? gracePeriod = null, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        var body = new JsonObject();
        if (gracePeriod is { } grace)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero, nameof(gracePeriod));
            body["gracePeriod"] = (long)grace.TotalSeconds;
        }

        return Gateway.SendAsync(Subresources.Put(Kind, machine, "stop", body, options, $"stop virtual machine {machine}"), cancellationToken);
    }

    public Task<VirtualMachine> SetRunStrategyAsync(
        ObjectIdentity machine, RunStrategy strategy, bool? running = null, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (running is null && strategy == RunStrategy.Unknown)
        {
            throw new ArgumentException("Unknown is no run strategy to be set.", nameof(strategy));
        }

        var spec = running is { } run ? new JsonObject { ["running"] = run } : new JsonObject { ["runStrategy"] = strategy.ToString() };
        return WriteAsync(
            Writes.Patch(Kind, machine, new JsonObject { ["spec"] = spec }, options, $"set when virtual machine {machine.Name} runs"), cancellationToken);
    }
}
