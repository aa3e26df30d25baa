using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>Which virt-controller pod works: the one that holds the lease. When it is gone, the other takes over within about 17 s.</summary>
/// <remarks>The lease is 15 s long and tried for every 2 s. It is not given up on a clean stop.</remarks>
internal sealed class Leadership(KubeVirtWorld world, Action acquired)
{
    private const string Component = "virt-controller";
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(17);
    private (string Name, string Uid)? _leader;
    private bool _waits;

    /// <summary>Whether a leader is at work right now.</summary>
    public bool IsLed => _leader is { } leader && IsAlive(leader.Name, leader.Uid);

    /// <summary>Looks again after anything that may have ended the leader or brought a candidate.</summary>
    public void Check()
    {
        if (IsLed || _waits)
        {
            return;
        }

        if (_leader is null)
        {
            Acquire();
            return;
        }

        _waits = true;
        world.Time.After(TakeOver, () =>
        {
            _waits = false;
            if (!IsLed)
            {
                Acquire();
            }
        });
    }

    /// <summary>The leader's renewal; every 10 s is often enough to be seen as alive.</summary>
    public void Renew()
    {
        Check();
        if (IsLed)
        {
            WriteLease(json => json.Child("spec")["renewTime"] = world.Time.MicroStamp());
        }
    }

    private bool IsAlive(string name, string uid) => world.Components.IsRunning(uid)
        && world.Api.Get(ResourceTypes.Pods, world.Settings.Namespace, name) is { IsDeleting: false } pod && pod.Uid == uid;

    private void Acquire()
    {
        var candidate = world.Api.ListLabelled(ResourceTypes.Pods, world.Settings.Namespace, Names.Component, Component)
            .FirstOrDefault(pod => IsAlive(pod.Name, pod.Uid));
        if (candidate is null)
        {
            // Nobody is there: the first to come finds the lease expired.
            _leader = null;
            return;
        }

        _leader = (candidate.Name, candidate.Uid);
        WriteLease(json =>
        {
            var spec = json.Child("spec");
            var transitions = spec.Number("leaseTransitions");
            spec["leaseTransitions"] = spec.Text("holderIdentity") is null ? 0 : (transitions ?? 0) + 1;
            spec["holderIdentity"] = candidate.Name;
            spec["leaseDurationSeconds"] = 15;
            spec["acquireTime"] = world.Time.MicroStamp();
            spec["renewTime"] = world.Time.MicroStamp();
        });
        acquired();
    }

    private void WriteLease(Action<JsonObject> change)
    {
        var api = world.Api.As(world.Settings.ControllerUser);
        if (api.Modify(ResourceTypes.Leases, world.Settings.Namespace, Component, change) is null)
        {
            var lease = new JsonObject { ["metadata"] = new JsonObject { ["name"] = Component, ["namespace"] = world.Settings.Namespace } };
            change(lease);
            api.Create(ResourceTypes.Leases, lease);
        }
    }
}
