using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Rendering;

namespace VmNodeOps.Tool.Running;

/// <summary>Runs a runbook for a command: asks, shows how it goes, writes the report.</summary>
internal sealed class RunbookRunning(ToolServices services, ParseResult parsed)
{
    private readonly OutputForm _form = services.FormOf(parsed);

    public async Task<int> RunAsync(BoundRunbook runbook, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(services.Options.Timeout) is { } timeout)
        {
            runbook = runbook with { Maintenances = [.. runbook.Maintenances.Select(maintenance => maintenance.With(options => options with { Timeout = timeout }))] };
        }

        var dryRun = parsed.GetValue(services.Options.DryRun);
        var asks = !dryRun && !parsed.GetValue(services.Options.Yes);
        if (asks && !services.Console.CanAsk)
        {
            throw new ToolException(ExitCode.Usage, "`run` asks before it does anything, and there is no terminal to ask on. Give --yes to answer beforehand.");
        }

        using var cluster = services.Connect(parsed);
        var runner = services.RunnerOn(cluster, parsed);
        if (dryRun)
        {
            return await ShowAsync(await new RunbookRunner(runner).PlanAsync(runbook, cancellationToken));
        }

        var approved = asks ? await ApproveAsync(runbook, runner, cancellationToken) : null;
        var report = await RunbookRunner.RunAsync(runbook, (maintenance, token) => RunOneAsync(runbook, runner, maintenance, approved, token), cancellationToken);
        if (_form == OutputForm.Text)
        {
            services.Console.Out.Write(string.Concat(report.Nodes.Where(node => node.Report is null).Select(node => $"{node.Message}\n")));
        }
        else
        {
            services.Console.WriteReport(report.ToText, report.ToJson, _form);
        }

        return (int)report.ExitCode;
    }

    private Task<int> ShowAsync(IReadOnlyList<MaintenancePlan> plans)
    {
        if (_form == OutputForm.Json && plans.Count > 1)
        {
            services.Console.Out.WriteLine($"[{string.Join(",\n", plans.Select(plan => plan.ToJson()))}]");
        }
        else
        {
            foreach (var plan in plans)
            {
                services.Console.Write(plan, _form);
            }
        }

        return Task.FromResult((int)ExitCodes.Together(plans.Select(ExitCodes.Of)));
    }

    /// <summary>Who says yes gets exactly what was shown for the first node, and the same procedure on the others.</summary>
    private async Task<IReadOnlyDictionary<string, MaintenancePlan>> ApproveAsync(BoundRunbook runbook, MaintenanceRunner runner, CancellationToken cancellationToken)
    {
        var plans = await new RunbookRunner(runner).PlanAsync(runbook, cancellationToken);
        foreach (var plan in plans)
        {
            services.Console.Error.Write(PlanDigest.Write(plan));
        }

        if (!plans.All(plan => plan.IsRefused) && !await services.Console.AskAsync("Go on?", cancellationToken))
        {
            throw new ToolException(ExitCode.Cancelled, "Nothing was done.");
        }

        // Only the first node's plan is held to: what the others would do changes as its machines come to them.
        return plans.Take(1).ToDictionary(plan => plan.NodeName);
    }

    private async Task<MaintenanceReport> RunOneAsync(
        BoundRunbook runbook, MaintenanceRunner runner, NodeMaintenance maintenance, IReadOnlyDictionary<string, MaintenancePlan>? approved, CancellationToken cancellationToken)
    {
        var quiet = parsed.GetValue(services.Options.Quiet);
        // Several at once would draw over each other: they write lines.
        var progress = new RunProgress(services.Console, _form, quiet, allowLive: (runbook.Parallel == 1 || runbook.Maintenances.Count == 1) && services.VerbosityOf(parsed) == 0, namesNode: runbook.Maintenances.Count > 1);
        var report = await progress.FollowAsync(runner.StreamAsync(maintenance, approved?.GetValueOrDefault(maintenance.NodeName), cancellationToken));
        if (_form == OutputForm.Text)
        {
            services.Console.Write(report, _form);
        }

        return report;
    }
}
