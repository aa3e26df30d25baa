namespace VmNodeOps.Cluster;

/// <summary>KubeVirt's virtual machines.</summary>
public interface IVirtualMachines : IClusterReader<VirtualMachine>
{
    /// <summary>Starts a machine (subresource <c>start</c>).</summary>
    /// <exception cref="ClusterException">Refused: with <see cref="ClusterErrorCause.Conflict"/> when its run strategy does not allow a start by hand.</exception>
    Task StartAsync(ObjectName machine, WriteOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Stops a machine (subresource <c>stop</c>).</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="gracePeriod">How long its guest is given; null means its own; rounded down to seconds.</param>
    /// <param name="options">How to write; default: for real.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <exception cref="ClusterException">The server refused, or could not be asked.</exception>
    Task StopAsync(ObjectName machine, TimeSpan? gracePeriod = null, WriteOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Sets when a machine is to run, in the very field it uses: <c>spec.running</c> if <paramref name="running"/> is given, else <c>spec.runStrategy</c>.</summary>
    /// <param name="machine">The very machine.</param>
    /// <param name="strategy">The run strategy; ignored when <paramref name="running"/> is given.</param>
    /// <param name="running">The older field's value; null for machines with a run strategy.</param>
    /// <param name="options">How to write; default: for real.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <returns>The machine as it is after the change.</returns>
    /// <exception cref="ClusterException">The server refused, or could not be asked.</exception>
    Task<VirtualMachine> SetRunStrategyAsync(
        ObjectIdentity machine, RunStrategy strategy, bool? running = null, WriteOptions? options = null, CancellationToken cancellationToken = default);
}
