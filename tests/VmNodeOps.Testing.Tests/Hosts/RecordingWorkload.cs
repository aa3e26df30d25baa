using System.Collections.Concurrent;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.Tests.Hosts;

/// <summary>Knows what runs, and lets the test say when it ends.</summary>
internal sealed class RecordingWorkload : IPodWorkload
{
    private readonly ConcurrentDictionary<string, string> _running = new();
    private readonly ConcurrentQueue<string> _killed = new();

    public IReadOnlyCollection<string> Running => [.. _running.Keys];

    public IReadOnlyCollection<string> Killed => [.. _killed];

    public ConcurrentDictionary<string, Action<bool>> Ending { get; } = new();

    public bool Handles(StoredObject pod) => true;

    public void Started(SimulatedHost host, StoredObject pod) => _running[pod.Uid] = host.NodeName;

    public void Terminate(SimulatedHost host, StoredObject pod, TimeSpan grace, Action<bool> ended) => Ending[pod.Uid] = succeeded =>
    {
        _running.TryRemove(pod.Uid, out _);
        ended(succeeded);
    };

    void IPodWorkload.Killed(SimulatedHost host, string podUid)
    {
        _running.TryRemove(podUid, out _);
        _killed.Enqueue(podUid);
    }
}
