using System.Collections.Concurrent;
using VmNodeOps;
using VmNodeOps.Cluster;

namespace PlatformApi;

/// <summary>Plans, keeps plans until somebody approves them, and runs them. When the program is told to stop, runs are cancelled and end in good order, with their reports.</summary>
internal sealed class MaintenanceDesk(INodeMaintenanceRunner runner, IHostApplicationLifetime lifetime, ILogger<MaintenanceDesk> logger) : IHostedService
{
    private readonly ConcurrentDictionary<string, Maintenance> _all = [];
    private readonly ConcurrentDictionary<string, Task> _runs = [];

    public Maintenance? Find(string id) => _all.GetValueOrDefault(id);

    public async Task<Maintenance> PlanAsync(NodeMaintenance steps, CancellationToken cancellationToken)
    {
        var maintenance = new Maintenance(steps, await runner.PlanAsync(steps, cancellationToken), lifetime.ApplicationStopping);
        _all[maintenance.Id] = maintenance;
        return maintenance;
    }

    /// <summary>Looks once more before anything begins. The run itself compares again, with the node locked.</summary>
    public async Task<IReadOnlyList<string>> FindDriftAsync(Maintenance maintenance, CancellationToken cancellationToken) =>
        maintenance.Plan.FindDrift(await runner.PlanAsync(maintenance.Steps, cancellationToken));

    /// <summary>Runs exactly what was planned, on its own: it does not end with the request that approved it.</summary>
    /// <returns>False: somebody else was quicker.</returns>
    public bool TryRun(Maintenance maintenance, string approvedBy)
    {
        if (!maintenance.TryApprove(approvedBy))
        {
            return false;
        }

        _runs[maintenance.Id] = RunAsync(maintenance);
        return true;
    }

    public async Task CancelAsync(Maintenance maintenance, CancellationToken cancellationToken)
    {
        await maintenance.CancelAsync();
        await _runs[maintenance.Id].WaitAsync(cancellationToken);
    }

    /// <summary>As soon as the program is told to stop, before its server waits for its clients: plans are withdrawn, so that nobody follows them in vain, and runs are cancelled by their own token.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() => _all.Values.ToList().ForEach(maintenance => maintenance.TryWithdraw()));
        return Task.CompletedTask;
    }

    /// <summary>Waits until every run has ended in good order.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_runs.Values).WaitAsync(cancellationToken);

    private async Task RunAsync(Maintenance maintenance)
    {
        try
        {
            await foreach (var happened in runner.StreamAsync(maintenance.Steps, maintenance.Plan, maintenance.Cancelled))
            {
                maintenance.Add(happened);
            }

            maintenance.End();
        }
        catch (OperationCanceledException)
        {
            maintenance.End();                  // its last event has the report
        }
        catch (ClusterException exception)
        {
            maintenance.End(exception.Message); // it could not begin; nothing was written
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "The run of maintenance {Id} broke off", maintenance.Id);
            maintenance.End("The run broke off; the log of this program says why. Look at the node before it is tried again.");
        }
    }
}
