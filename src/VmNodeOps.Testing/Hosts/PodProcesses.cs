using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;

namespace VmNodeOps.Testing.Hosts;

/// <summary>One pod on its host: the processes as they are, whatever the API says, and the report of them while the API can be reached.</summary>
internal sealed class PodProcesses
{
    private readonly Kubelet _kubelet;
    private readonly IPodWorkload _workload;
    private ITimer? _timer;
    private TimeSpan _grace;

    public PodProcesses(Kubelet kubelet, StoredObject pod)
    {
        _kubelet = kubelet;
        _workload = kubelet.Fleet.WorkloadOf(pod);
        Pod = pod;
        Address = pod.Json["spec"].Flag("hostNetwork") ? kubelet.Address : pod.Json["status"].Text("podIP");
        Restarts = pod.Json["status"].Children("containerStatuses").FirstOrDefault().Number("restartCount") ?? 0;
        Started = ClockReading.Parse(pod.Json["status"].Text("startTime"));
    }

    /// <summary>The pod as the kubelet last saw it.</summary>
    public StoredObject Pod { get; private set; }

    public PodStage Stage
    {
        get;
        private set
        {
            field = value;
            _kubelet.Fleet.KeepWaiting(this, value == PodStage.WaitingForVolumes);
        }
    }

    public Kubelet Kubelet => _kubelet;

    /// <summary>Whether they ended with exit code 0.</summary>
    public bool Succeeded { get; private set; }

    /// <summary>137 when they were killed, 255 when a reboot took them.</summary>
    public int ExitCode { get; private set; }

    public string? Address { get; private set; }

    public long Restarts { get; private set; }

    public DateTimeOffset? Started { get; private set; }

    public DateTimeOffset? ContainersStarted { get; private set; }

    public DateTimeOffset? ContainersEnded { get; private set; }

    /// <summary>What a final status gives as reason and message beyond the containers' own, after a node shutdown.</summary>
    public (string Reason, string Message)? FinalReason { get; private set; }

    public IReadOnlyList<AttachableVolume> Volumes { get; private set; } = [];

    /// <summary>Whether its volumes are mounted or about to be.</summary>
    public bool HoldsVolumes => Stage != PodStage.Ended && Volumes.Count > 0;

    /// <summary>A pod that this kubelet has not seen before.</summary>
    /// <param name="freshBoot">Whether the machine has just booted, so that nothing of what the status says can still run.</param>
    public void Begin(bool freshBoot)
    {
        if (Pod.IsFinal())
        {
            Succeeded = Pod.Phase() == "Succeeded";
            Stage = PodStage.Ended;
        }
        else if (Pod.Phase() == "Running" && freshBoot)
        {
            AfterReboot();
        }
        else if (Pod.Phase() == "Running")
        {
            Adopt();
        }
        else if (!Pod.IsDeleting)
        {
            Prepare();
        }

        Saw(Pod);
    }

    /// <summary>The kubelet has seen this version of the pod.</summary>
    public void Saw(StoredObject pod)
    {
        Pod = pod;
        if (pod.IsDeleting && Stage is PodStage.WaitingForVolumes or PodStage.Starting)
        {
            End(succeeded: false, exitCode: 137);
        }
        else if (pod.IsDeleting && Stage is PodStage.Running or PodStage.Stopping)
        {
            StopWithin(TimeSpan.FromSeconds(Math.Max(1, pod.Json["metadata"].Number("deletionGracePeriodSeconds") ?? 0)));
        }

        TryStart();
        Report();
    }

    /// <summary>An attachment or a claim changed: perhaps nothing is missing any more.</summary>
    public void TryStart()
    {
        if (Stage != PodStage.WaitingForVolumes || !_kubelet.IsOnline || Pod.IsDeleting)
        {
            return;
        }

        Volumes = PodVolumes.Of(_kubelet.Api, Pod, out var unbound);
        _kubelet.VolumesChanged(Volumes.Count > 0);
        if (unbound is null && Volumes.All(_kubelet.IsAttached))
        {
            Stage = PodStage.Starting;
            _timer = _kubelet.Time.After(_kubelet.Options.ContainerStartDelay, Start);
        }
    }

    /// <summary>
    /// SIGTERM, and SIGKILL when the grace is over. The grace counts from when the kubelet hears of the deletion, however long ago that was;
    /// heard of again, only a shorter one counts.
    /// </summary>
    public void StopWithin(TimeSpan grace)
    {
        if (Stage == PodStage.Stopping && grace >= _grace)
        {
            return;
        }

        var first = Stage == PodStage.Running;
        Stage = PodStage.Stopping;
        _grace = grace;
        _timer?.Dispose();
        _timer = _kubelet.Time.After(grace, KillAndEnd);
        if (first)
        {
            _workload.Terminate(_kubelet.Host, Pod, grace, EndedAfterSignal);
        }
    }

    /// <summary>The node shuts down: containers that have not started never will, running ones are told to stop.</summary>
    public void ShutDown(TimeSpan grace, (string Reason, string Message)? reason)
    {
        FinalReason = reason;
        if (Stage == PodStage.Running)
        {
            StopWithin(grace);
        }
        else if (Stage is PodStage.WaitingForVolumes or PodStage.Starting)
        {
            End(succeeded: false, exitCode: 137);
        }
    }

    /// <summary>They ended without being told to. By the restart policy they start again or that was all.</summary>
    public void EndedByThemselves(bool succeeded)
    {
        if (Stage != PodStage.Running)
        {
            EndedAfterSignal(succeeded);
            return;
        }

        if (Pod.RestartPolicy() == "Always" || (Pod.RestartPolicy() == "OnFailure" && !succeeded))
        {
            Restarts++;
            Stage = PodStage.WaitingForVolumes;
            Report();
            TryStart();
        }
        else
        {
            End(succeeded, succeeded ? 0 : 1);
        }
    }

    /// <summary>The processes are gone at once and nobody reports them: power lost, or the pod object is gone.</summary>
    public void Kill()
    {
        _timer?.Dispose();
        if (Stage is PodStage.Running or PodStage.Stopping)
        {
            _workload.Killed(_kubelet.Host, Pod.Uid);
        }

        Stage = PodStage.Ended;
    }

    private void Adopt()
    {
        Stage = PodStage.Running;
        ContainersStarted = Started;
        Volumes = PodVolumes.Of(_kubelet.Api, Pod, out _);
        _kubelet.VolumesChanged(HoldsVolumes);
        _workload.Started(_kubelet.Host, Pod);
    }

    private void AfterReboot()
    {
        ContainersStarted = Started;
        if (Pod.IsDeleting || Pod.RestartPolicy() == "Never")
        {
            ContainersEnded = _kubelet.Time.GetUtcNow();
            Stage = PodStage.Ended;
            ExitCode = 255;
            return;
        }

        Restarts++;
        Prepare();
    }

    private void Prepare()
    {
        Stage = PodStage.WaitingForVolumes;
        Started ??= _kubelet.Time.GetUtcNow();
        TryStart();
    }

    private void Start()
    {
        Stage = PodStage.Running;
        Address ??= _kubelet.Fleet.NextPodAddress();
        ContainersStarted = _kubelet.Time.GetUtcNow();
        ContainersEnded = null;
        _workload.Started(_kubelet.Host, Pod);
        if (Stage == PodStage.Running)
        {
            Report();
        }
    }

    private void EndedAfterSignal(bool succeeded)
    {
        if (Stage == PodStage.Stopping)
        {
            End(succeeded, succeeded ? 0 : 1);
        }
    }

    private void KillAndEnd()
    {
        if (Stage == PodStage.Stopping)
        {
            _workload.Killed(_kubelet.Host, Pod.Uid);
            End(succeeded: false, exitCode: 137);
        }
    }

    private void End(bool succeeded, int exitCode)
    {
        _timer?.Dispose();
        Stage = PodStage.Ended;
        Succeeded = succeeded && FinalReason is null;
        ExitCode = exitCode;
        ContainersEnded = _kubelet.Time.GetUtcNow();
        _kubelet.VolumesChanged(Volumes.Count > 0);
        Report();
        _kubelet.ProcessesEnded();
    }

    private void Report()
    {
        if (_kubelet.IsOnline)
        {
            _kubelet.Report(this);
        }
    }
}
