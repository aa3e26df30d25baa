using System.Globalization;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Leaves Kubernetes Events on the node and its machines wherever something was taken from a node on somebody's word, so that <c>kubectl describe</c> tells it to whoever looks later.</summary>
/// <remarks>The report has every call; Events are for people without it. One that cannot be written is told and stops nothing.</remarks>
internal static class EventTrail
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>For a caller who has given up already.</summary>
    private static readonly TimeSpan ShortLimit = TimeSpan.FromMilliseconds(500);

    public static AccessQuestion Right { get; } = new() { Verb = "create", Group = "", Resource = "events" };

    /// <summary>Who says that the node is down, and why: before anything is destroyed.</summary>
    public static Task ConfirmedAsync(StepContext context, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        var draft = new EventDraft
        {
            Regarding = Refer.To(context.Node.Planned),
            Reason = "ConfirmedDown",
            Message = $"Down, on the word of {evidence}. What ran on it is released, by {context.Services.Actor}.",
            IsWarning = true,
        };
        return WriteAsync(context.Services, [draft], Limit, cancellationToken);
    }

    /// <summary>What became of the node and of each machine; nothing if nothing was destroyed.</summary>
    public static Task ConcludeAsync(RunServices services, StepResult ended, string summary)
    {
        if (services.Handover.Find<FencingEvidence>() is not { } evidence || !services.Writes.Records.Any(write => write.Evidence is not null))
        {
            return Task.CompletedTask;
        }

        var isDone = ended is StepResult.Succeeded or StepResult.Skipped;
        var node = new EventDraft
        {
            Regarding = Refer.To(services.Node.Planned), Reason = isDone ? "Recovered" : "RecoveryStopped", Message = summary, IsWarning = !isDone,
        };
        return WriteAsync(services, [node, .. Machines(services, evidence)], ended == StepResult.Cancelled ? ShortLimit : Limit, CancellationToken.None);
    }

    private static IEnumerable<EventDraft> Machines(RunServices services, FencingEvidence evidence)
    {
        var known = services.Handover.Find<NodeInventory>()?.Machines.ToDictionary(machine => machine.Name) ?? [];
        foreach (var report in services.Machines.All.Where(machine => machine.Outcome != VirtualMachineOutcome.Unmoved))
        {
            if (known.GetValueOrDefault(report.Name) is not { } machine || (machine.Machine as ClusterObject ?? machine.Instance) is not { } target)
            {
                continue;
            }

            yield return new EventDraft
            {
                Regarding = Refer.To(target),
                Reason = "ReleasedFromDeadNode",
                Message = $"Its node {services.Node.Planned.Name} was down, on the word of {evidence}. {Became(report)}",
                IsWarning = report.Outcome is VirtualMachineOutcome.Missing or VirtualMachineOutcome.Lost,
            };
        }
    }

    private static string Became(VirtualMachineReport report) => report switch
    {
        { To: { } to, AwayFor: { } away } => string.Create(CultureInfo.InvariantCulture, $"Runs on {to} now; was away for {away.TotalSeconds:0} s."),
        { To: { } to } => $"Runs on {to} now.",
        { Message.Length: > 0 } => report.Message,
        _ => $"{report.Outcome}.",
    };

    private static async Task WriteAsync(RunServices services, IReadOnlyList<EventDraft> drafts, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(limit, services.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        var losses = await Task.WhenAll(drafts.Select(draft => TryWriteAsync(services, draft, both.Token, cancellationToken))).ConfigureAwait(false);
        if (losses.OfType<string>().ToList() is { Count: > 0 } lost)
        {
            services.AddFinding(new Finding
            {
                Severity = FindingSeverity.Note,
                Code = "EventsNotWritten",
                Message = $"{lost.Count} of {drafts.Count} Kubernetes Events could not be written: {lost[0]} This report has everything that they would say.",
            });
        }
    }

    /// <returns>Null, or why not.</returns>
    private static async Task<string?> TryWriteAsync(RunServices services, EventDraft draft, CancellationToken both, CancellationToken callers)
    {
        try
        {
            await services.Gate.WriteAsync(
                new WriteIntent { Verb = "event", Target = draft.Regarding }, (cluster, token) => cluster.Events.CreateAsync(draft, token), both).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (exception is ClusterException or WriteRefusedException)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!callers.IsCancellationRequested)
        {
            return "no answer came in time.";
        }
    }
}
