using System.Globalization;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;

namespace VmNodeOps.Testing.Hosts;

/// <summary>A pod that runs until it is told to stop, and stops at once or after the seconds that its annotation says.</summary>
internal sealed class OrdinaryWorkload(SimulatedTime time) : IPodWorkload
{
    /// <summary>How many seconds after SIGTERM the processes end, with exit code 0; more than the grace means that they are killed.</summary>
    public const string StopSecondsAnnotation = "testing.vmnodeops/stop-seconds";

    private readonly Dictionary<string, ITimer> _stopping = [];

    public bool Handles(StoredObject pod) => true;

    public void Started(SimulatedHost host, StoredObject pod)
    {
    }

    public void Terminate(SimulatedHost host, StoredObject pod, TimeSpan grace, Action<bool> ended)
    {
        if (double.TryParse(pod.Annotation(StopSecondsAnnotation), CultureInfo.InvariantCulture, out var seconds) && seconds > 0)
        {
            _stopping[pod.Uid] = time.After(TimeSpan.FromSeconds(seconds), () =>
            {
                _stopping.Remove(pod.Uid);
                ended(true);
            });
        }
        else
        {
            ended(true);
        }
    }

    public void Killed(SimulatedHost host, string podUid)
    {
        if (_stopping.Remove(podUid, out var timer))
        {
            timer.Dispose();
        }
    }
}
