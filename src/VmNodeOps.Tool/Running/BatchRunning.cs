using System.CommandLine;
using System.Runtime.CompilerServices;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Rendering;

namespace VmNodeOps.Tool.Running;

/// <summary>Runs a batch for a command: asks if need be, shows how it goes with the node before each line, writes the one report.</summary>
internal sealed class BatchRunning(ToolServices services, ParseResult parsed)
{
    /// <param name="batch">What to do with which nodes.</param>
    /// <param name="advice">What to do when it was cut short after it had begun.</param>
    /// <param name="cancellationToken">Ends it in good order.</param>
    public async Task<int> RunAsync(MaintenanceBatch batch, string advice, CancellationToken cancellationToken)
    {
        var dryRun = parsed.GetValue(services.Options.DryRun);
        var mayAsk = !dryRun && !parsed.GetValue(services.Options.Yes);
        if (mayAsk && !services.Console.CanAsk)
        {
            throw new ToolException(
                ExitCode.Usage, $"`{parsed.CommandResult.Command.Name}` asks before it does anything, and there is no terminal to ask on. Give --yes to answer beforehand.");
        }

        if (parsed.GetValue(services.Options.Timeout) is { } timeout)
        {
            batch = batch.Each(node => node.With(options => options with { Timeout = timeout }));
        }

        using var cluster = services.Connect(parsed);
        var runner = services.RunnerOn(cluster, parsed);
        if (dryRun)
        {
            return Show(await runner.PlanAsync(batch, cancellationToken));
        }

        BatchPlan? approved = null;
        if (mayAsk)
        {
            approved = await runner.PlanAsync(batch, cancellationToken);
            if (!approved.IsRefused && !await IsWantedAsync(approved, cancellationToken))
            {
                throw new ToolException(ExitCode.Cancelled, "Nothing was done.");
            }
        }

        var report = await FollowAsync(runner.StreamAsync(batch, approved, cancellationToken));
        services.Console.WriteReport(report.ToText, services.FormOf(parsed) == OutputForm.JsonLines ? null : report.ToJson, services.FormOf(parsed));
        if (!report.Succeeded && report.Nodes.Any(static node => node.Writes.Any(static write => write.Result != WriteResult.Refused)))
        {
            services.Console.Error.WriteLine(advice);
        }

        return (int)ExitCodes.Of(report.Nodes);
    }

    /// <summary>Shows a plan and nothing more.</summary>
    public int Show(BatchPlan plan)
    {
        services.Console.WriteDocument(plan.ToText, plan.ToJson, services.FormOf(parsed));
        return (int)(plan.IsRefused ? ExitCode.Refused : ExitCode.Done);
    }

    private Task<bool> IsWantedAsync(BatchPlan plan, CancellationToken cancellationToken)
    {
        foreach (var node in plan.Nodes)
        {
            services.Console.Error.Write(PlanDigest.Write(node));
        }

        services.Console.Error.WriteLine($"The whole plan: vmnodeops plan {parsed.CommandResult.Command.Name} with the same options");
        return services.Console.AskAsync("Go on?", cancellationToken);
    }

    private async Task<BatchReport> FollowAsync(IAsyncEnumerable<MaintenanceEvent> events)
    {
        BatchReport? report = null;
        try
        {
            var taken = TakeAsync(events, it => report = it);
            if (parsed.GetValue(services.Options.Quiet))
            {
                await foreach (var _ in taken)
                {
                }
            }
            else
            {
                await new PlainProgress(services.Console.Error, namesNode: true).FollowAsync(taken);
            }
        }
        catch (BatchCanceledException exception) when (exception.Report is not null)
        {
            report = exception.Report;
        }

        return report ?? throw new InvalidOperationException("The batch ended without a report.");
    }

    private async IAsyncEnumerable<MaintenanceEvent> TakeAsync(
        IAsyncEnumerable<MaintenanceEvent> events, Action<BatchReport> take, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var it in events.WithCancellation(cancellationToken))
        {
            if (services.FormOf(parsed) == OutputForm.JsonLines)
            {
                services.Console.WriteData(it.ToJson());
            }

            if (it is BatchFinished finished)
            {
                take(finished.Report);
                continue;
            }

            yield return it;
        }
    }
}
