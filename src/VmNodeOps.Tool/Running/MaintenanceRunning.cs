using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Rendering;

namespace VmNodeOps.Tool.Running;

/// <summary>Runs a maintenance for a command: asks if need be, shows how it goes, writes the report.</summary>
internal sealed class MaintenanceRunning(ToolServices services, ParseResult parsed)
{
    /// <param name="maintenance">What to do.</param>
    /// <param name="asks">Whether it takes something away from somebody, so that it is not done unasked.</param>
    /// <param name="advice">What to do when it was cut short after it had begun; null: nothing in particular.</param>
    /// <param name="cancellationToken">Ends the run in good order.</param>
    public async Task<int> RunAsync(NodeMaintenance maintenance, bool asks, string? advice, CancellationToken cancellationToken)
    {
        var dryRun = parsed.GetValue(services.Options.DryRun);
        var mayAsk = asks && !dryRun && !parsed.GetValue(services.Options.Yes);
        if (mayAsk && !services.Console.CanAsk)
        {
            throw new ToolException(
                ExitCode.Usage, $"`{parsed.CommandResult.Command.Name}` asks before it does anything, and there is no terminal to ask on. Give --yes to answer beforehand.");
        }

        if (parsed.GetValue(services.Options.Timeout) is { } timeout)
        {
            maintenance = maintenance.With(options => options with { Timeout = timeout });
        }

        using var cluster = services.Connect(parsed);
        var runner = services.RunnerOn(cluster, parsed);
        if (dryRun)
        {
            var plan = await runner.PlanAsync(maintenance, cancellationToken);
            services.Console.Write(plan, services.FormOf(parsed));
            return (int)ExitCodes.Of(plan);
        }

        var approved = services.Approved;
        if (mayAsk)
        {
            approved = await runner.PlanAsync(maintenance, cancellationToken);
            if (!approved.IsRefused && !await IsWantedAsync(approved, cancellationToken))
            {
                throw new ToolException(ExitCode.Cancelled, "Nothing was done.");
            }
        }

        var form = services.FormOf(parsed);
        var report = await new RunProgress(services.Console, form, parsed.GetValue(services.Options.Quiet), allowLive: services.VerbosityOf(parsed) == 0)
            .FollowAsync(runner.StreamAsync(maintenance, approved, cancellationToken));
        services.Console.Write(report, form);
        if (advice is not null && report.Result is MaintenanceResult.Blocked or MaintenanceResult.Failed or MaintenanceResult.TimedOut or MaintenanceResult.Cancelled &&
            report.Writes.Any(write => write.Result != WriteResult.Refused))
        {
            services.Console.Error.WriteLine(advice);
        }

        return (int)ExitCodes.Of(report);
    }

    private Task<bool> IsWantedAsync(MaintenancePlan plan, CancellationToken cancellationToken)
    {
        services.Console.Error.Write(PlanDigest.Write(plan));
        if (parsed.CommandResult.Command is not Commands.ResumeCommand)
        {
            services.Console.Error.WriteLine($"The whole plan: vmnodeops plan {parsed.CommandResult.Command.Name} {plan.NodeName}");
        }

        return services.Console.AskAsync("Go on?", cancellationToken);
    }
}
