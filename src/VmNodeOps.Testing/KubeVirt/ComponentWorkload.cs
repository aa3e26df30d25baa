using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The processes of KubeVirt's own pods: what matters of them is whether they run and reach the API server.</summary>
internal sealed class ComponentWorkload : IPodWorkload
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Component> _running = new(StringComparer.Ordinal);

    /// <summary>A component started or ended; its name and its host's.</summary>
    public event Action<string, string>? Changed;

    public bool Handles(StoredObject pod) =>
        pod.Label(Names.Component) is "virt-api" or "virt-controller" or "virt-operator" or "virt-handler";

    public void Started(SimulatedHost host, StoredObject pod)
    {
        var name = pod.Label(Names.Component)!;
        lock (_gate)
        {
            _running[pod.Uid] = new Component(name, pod.Name, pod.Namespace!, host);
        }

        Changed?.Invoke(name, host.NodeName);
    }

    public void Terminate(SimulatedHost host, StoredObject pod, TimeSpan grace, Action<bool> ended)
    {
        Remove(pod.Uid);
        ended(true);
    }

    public void Killed(SimulatedHost host, string podUid) => Remove(podUid);

    public bool IsRunning(string podUid)
    {
        lock (_gate)
        {
            return _running.TryGetValue(podUid, out var component) && component.Host.IsOnline;
        }
    }

    public bool HandlerRunsOn(string node)
    {
        lock (_gate)
        {
            return _running.Values.Any(component => component.Name == "virt-handler" && component.Host.NodeName == node && component.Host.IsOnline);
        }
    }

    /// <summary>Nodes on which virt-handler runs and reaches the API server.</summary>
    public IReadOnlyList<string> HandlerNodes
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. _running.Values.Where(component => component.Name == "virt-handler" && component.Host.IsOnline)
                        .Select(component => component.Host.NodeName).Order(StringComparer.Ordinal),
                ];
            }
        }
    }

    private void Remove(string podUid)
    {
        Component? component;
        lock (_gate)
        {
            _running.Remove(podUid, out component);
        }

        if (component is not null)
        {
            Changed?.Invoke(component.Name, component.Host.NodeName);
        }
    }

    private sealed record Component(string Name, string PodName, string Namespace, SimulatedHost Host);
}
