using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.Tests.Controllers;

/// <summary>
/// API and control plane on virtual time, without an HTTP front. Time moves only inside <see cref="UntilAsync"/> and <see cref="AdvanceAsync"/>,
/// so that what a test does in between happens in one instant. Its end fails the test if the simulation itself failed.
/// </summary>
internal sealed class ClusterFixture : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    private IDisposable? _pause;

    public ClusterFixture(int nodes = 3, ControlPlaneOptions? options = null, IPodWorkload? workload = null)
    {
        Time = SimulatedTime.Virtual();
        _pause = Time.Pause();
        Api = new ApiMachinery(Time);
        Plane = new ControlPlane(Api, options);
        if (workload is not null)
        {
            Plane.Kubelets.AddWorkload(workload);
        }

        for (var number = 1; number <= nodes; number++)
        {
            Plane.Kubelets.Add(new NodeShape { Name = $"node-{number}" });
        }

        Plane.Start();
    }

    public SimulatedTime Time { get; }

    public IClusterApi Api { get; }

    public ControlPlane Plane { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public SimulatedHost Host(string node) => Plane.Kubelets.Host(node)!;

    public StoredObject Node(string name) => Api.Get(ResourceTypes.Nodes, null, name)!;

    public StoredObject? Pod(string name) => Api.Get(ResourceTypes.Pods, "default", name);

    public StoredObject AddPod(string name, Action<JsonObject>? change = null)
    {
        var pod = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
            ["spec"] = new JsonObject
            {
                ["restartPolicy"] = "Never",
                ["containers"] = new JsonArray(new JsonObject { ["name"] = "main", ["image"] = "registry.invalid/app:1" }),
            },
        };
        change?.Invoke(pod);
        return Api.Create(ResourceTypes.Pods, pod);
    }

    /// <summary>A pod that names its node itself, and may mount a claim.</summary>
    public StoredObject AddPodOn(string node, string name, string? claim = null) => AddPod(name, pod =>
    {
        pod["spec"]!["nodeSelector"] = new JsonObject { ["kubernetes.io/hostname"] = node };
        if (claim is not null)
        {
            Mount(pod, claim);
        }
    });

    public static void Mount(JsonObject pod, string claim) => pod["spec"]!["volumes"] = new JsonArray(new JsonObject
    {
        ["name"] = "disk",
        ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim },
    });

    public AttachableVolume AddClaim(string name, string accessMode = "ReadWriteOnce")
    {
        Api.Create(ResourceTypes.PersistentVolumes, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = $"pv-{name}" },
            ["spec"] = new JsonObject
            {
                ["accessModes"] = new JsonArray(accessMode),
                ["csi"] = new JsonObject { ["driver"] = "csi.example.org", ["volumeHandle"] = $"handle-{name}" },
            },
        });
        Api.Create(ResourceTypes.PersistentVolumeClaims, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
            ["spec"] = new JsonObject { ["volumeName"] = $"pv-{name}", ["accessModes"] = new JsonArray(accessMode) },
        });
        return new AttachableVolume($"pv-{name}", "csi.example.org", $"handle-{name}", accessMode == "ReadWriteMany");
    }

    public StoredObject? Attachment(AttachableVolume volume, string node) =>
        Api.Get(ResourceTypes.VolumeAttachments, null, volume.AttachmentName(node));

    public string? Ready(string node) => Conditions.StatusOf(Node(node).Json["status"], "Ready");

    public void Taint(string node, string key, string effect) => Api.Modify(ResourceTypes.Nodes, null, node, json =>
    {
        var taints = json["spec"]!["taints"] as JsonArray ?? [];
        var copy = (JsonArray)taints.DeepClone();
        copy.Add(new JsonObject { ["key"] = key, ["value"] = "nodeshutdown", ["effect"] = effect });
        json["spec"]!["taints"] = copy;
    });

    public IReadOnlyList<string> Taints(string node) =>
        [.. VmNodeOps.Testing.Controllers.Taint.Of(Node(node).Json).Select(taint => $"{taint.Key}:{taint.Effect}")];

    public IReadOnlyList<string> EventsAbout(string name) =>
        [.. Api.List(ResourceTypes.Events).Where(item => item.Json["involvedObject"].Text("name") == name)
            .Select(item => $"{item.Json.Text("type")} {item.Json.Text("reason")}: {item.Json.Text("message")}")];

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        var waiting = Time.UntilAsync(() => condition() && Stop(), Limit, what);
        Release();
        await waiting;
    }

    public async Task AdvanceAsync(TimeSpan duration)
    {
        var target = Now + duration;
        using var alarm = Time.After(duration, () => Stop());
        var waiting = Time.UntilAsync(() => Now >= target, Limit, "the hour");
        Release();
        await waiting;
    }

    public async Task<StoredObject> RunningAsync(string pod)
    {
        await UntilAsync(() => Pod(pod)?.IsReady == true, $"pod {pod} ready");
        return Pod(pod)!;
    }

    public void Dispose()
    {
        Release();
        Plane.Dispose();
        Time.Dispose();
        Time.Failures.Should().BeEmpty();
    }

    /// <summary>On the simulation's thread, so that no step comes between the condition and the pause.</summary>
    private bool Stop()
    {
        _pause ??= Time.Pause();
        return true;
    }

    private void Release()
    {
        _pause?.Dispose();
        _pause = null;
    }
}
