using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;

namespace VmNodeOps.Testing.Hosts;

/// <summary>Writes into a pod what its kubelet knows; what others wrote (readiness gates, disruption target) stays.</summary>
internal sealed class PodStatus
{
    private readonly JsonObject _pod;
    private readonly JsonObject _status;
    private readonly PodProcesses _processes;
    private readonly int _minor;
    private readonly string _now;

    private PodStatus(JsonObject pod, PodProcesses processes)
    {
        _pod = pod;
        _status = pod.Section("status");
        _processes = processes;
        _minor = processes.Kubelet.Options.Minor;
        _now = processes.Kubelet.Time.Stamp();
    }

    private bool IsUp => _processes.Stage is PodStage.Running or PodStage.Stopping;

    private bool HasEnded => _processes.Stage == PodStage.Ended;

    private string Phase =>
        HasEnded ? (_processes.Succeeded ? "Succeeded" : "Failed")
        : IsUp || _processes.ContainersStarted is not null ? "Running"
        : "Pending";

    /// <summary>A kubelet never takes back a final phase.</summary>
    public static void Apply(JsonObject pod, PodProcesses processes)
    {
        if (pod["status"].Text("phase") is not ("Succeeded" or "Failed"))
        {
            new PodStatus(pod, processes).Write();
        }
    }

    private void Write()
    {
        _status.Put("phase", Phase);
        if (_minor >= 34)
        {
            _status.Put("observedGeneration", Generation());
        }

        WriteConditions();
        WriteAddresses();
        if (_processes.Started is { } started)
        {
            _status.Put("startTime", _status.Text("startTime") ?? Timestamps.Seconds(started));
        }

        WriteContainers("initContainers", "initContainerStatuses");
        WriteContainers("containers", "containerStatuses");
        if (HasEnded && _processes.FinalReason is { } final)
        {
            _status.Put("reason", final.Reason);
            _status.Put("message", final.Message);
        }
    }

    private void WriteConditions()
    {
        var completed = HasEnded && _processes.Succeeded ? "PodCompleted" : null;
        if (_minor >= 29)
        {
            Set("PodReadyToStartContainers", IsUp);
        }

        var initialized = IsUp || HasEnded || !_pod["spec"].Children("initContainers").Any();
        Set("Initialized", initialized, completed);
        var (ready, reason, message) = Readiness();
        Set("Ready", ready, reason, message);
        var (containersReady, containersReason, containersMessage) = ContainerReadiness();
        Set("ContainersReady", containersReady, containersReason, containersMessage);
        if (Conditions.Find(_status, "PodScheduled") is null)
        {
            Set("PodScheduled", true);
        }
    }

    private void Set(string type, bool value, string? reason = null, string? message = null)
    {
        var more = new JsonObject { ["lastProbeTime"] = null };
        if (_minor >= 34)
        {
            more["observedGeneration"] = Generation();
        }

        Conditions.Set(_status, type, value ? "True" : "False", _now, reason, message, more);
    }

    private (bool Ready, string? Reason, string? Message) ContainerReadiness()
    {
        if (IsUp)
        {
            return (true, null, null);
        }

        if (HasEnded)
        {
            return (false, _processes.Succeeded ? "PodCompleted" : "PodFailed", null);
        }

        var names = string.Join(' ', _pod["spec"].Children("containers").Select(container => container.Text("name")));
        return (false, "ContainersNotReady", $"containers with unready status: [{names}]");
    }

    /// <summary>Ready asks the containers first, then every readiness gate.</summary>
    private (bool Ready, string? Reason, string? Message) Readiness()
    {
        var containers = ContainerReadiness();
        if (!containers.Ready)
        {
            return containers;
        }

        List<string>? failing = null;
        foreach (var gate in _pod["spec"].Children("readinessGates"))
        {
            var type = gate.Text("conditionType") ?? "";
            var status = Conditions.StatusOf(_status, type);
            if (status != "True")
            {
                (failing ??= []).Add(status is null
                    ? $"corresponding condition of pod readiness gate \"{type}\" does not exist."
                    : $"the status of pod readiness gate \"{type}\" is not \"True\", but {status}");
            }
        }

        return failing is null ? (true, null, null) : (false, "ReadinessGatesNotReady", string.Join(", ", failing));
    }

    private void WriteAddresses()
    {
        var kubelet = _processes.Kubelet;
        Address("hostIP", "hostIPs", _status.Text("hostIP") ?? kubelet.Address);
        if (_processes.Address is { } address && (IsUp || HasEnded))
        {
            Address("podIP", "podIPs", address);
        }
    }

    private void Address(string single, string list, string address)
    {
        _status.Put(single, address);
        if (single == "podIP" || _minor >= 29)
        {
            _status.Put(list, new JsonArray(new JsonObject { ["ip"] = address }));
        }
    }

    private void WriteContainers(string specified, string reported)
    {
        var init = specified == "initContainers";
        var statuses = new JsonArray();
        foreach (var container in _pod["spec"].Children(specified))
        {
            var known = _status.Children(reported).FirstOrDefault(status => status.Text("name") == container.Text("name"));
            statuses.AddNode(Container(container, known, runsOn: !init || container.Text("restartPolicy") == "Always"));
        }

        if (statuses.Count > 0)
        {
            _status.Put(reported, statuses);
        }
    }

    private JsonObject Container(JsonObject container, JsonObject? known, bool runsOn)
    {
        var state = State(container, known, runsOn);
        var running = state.ContainsKey("running");
        if (known is not null && Kind(known) == Kind(state) && known.Number("restartCount") == _processes.Restarts)
        {
            return (JsonObject)known.DeepClone();
        }

        var image = container.Text("image") ?? "";
        var status = new JsonObject
        {
            ["name"] = container.Text("name"),
            ["state"] = state,
            ["lastState"] = new JsonObject(),
            ["ready"] = running || (!runsOn && !state.ContainsKey("waiting")),
            ["restartCount"] = _processes.Restarts,
            ["image"] = image,
            ["imageID"] = state.ContainsKey("waiting") ? "" : $"{image}@sha256:{Hash(image)}",
        };
        if (!state.ContainsKey("waiting"))
        {
            status["containerID"] = known.Text("containerID") is { Length: > 0 } id && !running ? id : ContainerId(container);
        }

        status["started"] = running;
        return status;
    }

    private JsonObject State(JsonObject container, JsonObject? known, bool runsOn)
    {
        if (_processes.ContainersStarted is not { } started || _processes.Stage is PodStage.WaitingForVolumes or PodStage.Starting)
        {
            return HasEnded
                ? new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ContainerCreating" } }
                : new JsonObject { ["waiting"] = new JsonObject { ["reason"] = runsOn && !HasInit() ? "ContainerCreating" : "PodInitializing" } };
        }

        var startedAt = known.Child("state").Child("running").Text("startedAt") ?? Timestamps.Seconds(started);
        if (runsOn && IsUp)
        {
            return new JsonObject { ["running"] = new JsonObject { ["startedAt"] = startedAt } };
        }

        var exitCode = runsOn ? _processes.ExitCode : 0;
        return new JsonObject
        {
            ["terminated"] = new JsonObject
            {
                ["exitCode"] = exitCode,
                ["reason"] = exitCode switch { 0 => "Completed", 255 => "Unknown", _ => "Error" },
                ["startedAt"] = startedAt,
                ["finishedAt"] = runsOn ? Timestamps.Seconds(_processes.ContainersEnded ?? started) : startedAt,
                ["containerID"] = ContainerId(container),
            },
        };
    }

    private bool HasInit() => _pod["spec"].Children("initContainers").Any();

    private long Generation() => _pod["metadata"].Number("generation") ?? 1;

    private string ContainerId(JsonObject container) =>
        "containerd://" + Hash(string.Create(CultureInfo.InvariantCulture, $"{_processes.Pod.Uid}/{container.Text("name")}/{_processes.Restarts}"));

    private static string? Kind(JsonObject status) => (status.Child("state") ?? status).FirstOrDefault().Key;

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
