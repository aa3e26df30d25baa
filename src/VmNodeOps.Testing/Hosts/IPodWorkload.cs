using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Hosts;

/// <summary>
/// What the containers of a pod do on their host. The kubelet owns the pod object (phase, conditions, removal); the workload owns the
/// processes. KubeVirt's launchers bring one; other pods run until they are told to stop and stop at once.
/// </summary>
internal interface IPodWorkload
{
    /// <summary>Whether this workload is the one of that pod; the first that says yes gets it.</summary>
    bool Handles(StoredObject pod);

    /// <summary>The kubelet has started the pod's containers on this host.</summary>
    void Started(SimulatedHost host, StoredObject pod);

    /// <summary>
    /// SIGTERM. The workload calls <paramref name="ended"/> on the simulation's thread when its processes have ended by themselves, with
    /// true for exit code 0. If it has not by the end of the grace, the kubelet kills it: <see cref="Killed"/>.
    /// </summary>
    void Terminate(SimulatedHost host, StoredObject pod, TimeSpan grace, Action<bool> ended);

    /// <summary>The processes are gone at once, without a word: killed by the kubelet, or the host lost power.</summary>
    void Killed(SimulatedHost host, string podUid);
}
