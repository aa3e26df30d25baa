using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The last look at what <see cref="ReleaseVolumesStep"/> or <see cref="OutOfServiceStep"/> could not detach in time: what is still attached makes the run one that is not done, though everything else is.</summary>
internal sealed class VerifyVolumesStep : IRememberedStep
{
    public string Name => "verify-volumes";

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken) => Task.FromResult(new StepPlan { Step = Name });

    public Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Handover.Find<DetachingVolumes>() is not { } detaching)
        {
            return Task.FromResult(StepOutcome.Skipped("no volume was released"));
        }

        var stuck = detaching.Left();
        return Task.FromResult(stuck.Count == 0
            ? StepOutcome.Succeeded("everything that was released is detached")
            : StepOutcome.Blocked("AttachmentsRemain", Describe(context, stuck)));
    }

    private static string Describe(StepContext context, IReadOnlyList<VolumeAttachment> stuck) =>
        $"The steps before are done, but {stuck.Count} {(stuck.Count == 1 ? "volume is" : "volumes are")} still attached to node {context.Node.Planned.Name}: "
        + string.Join(" ", stuck.Select(one => $"{AttachmentTexts.Name(one)}: {AttachmentTexts.WhyStuck(one)}"))
        + " The deletion stands; the attachment goes as soon as its driver has detached. Look at the driver's controller. No finalizer was taken off.";
}
