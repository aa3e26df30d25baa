using System.Globalization;
using VmNodeOps.Cluster;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Testing.Hosting;
using Xunit.Abstractions;

namespace VmNodeOps.Tests.Scenes;

/// <summary>
/// Runs under random trouble of the API, by seed: requests refused, delayed, cut before or after they were applied, answers that stall, watches that end, fall
/// silent, expire or break. <c>VMNODEOPS_FAULT_RUNS</c> asks for more of them than a quick suite has.
/// </summary>
internal sealed class FaultedRuns(ITestOutputHelper output)
{
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(30);
    public static readonly TimeSpan ShortDeadline = TimeSpan.FromMinutes(5);

    /// <summary>The seeds to try: a share of the runs that were wished for, else a few.</summary>
    public static IEnumerable<int> Seeds(int fallback, double share = 0.5) =>
        Enumerable.Range(1, Wished() is { } wished ? (int)Math.Ceiling(wished * share) : fallback);

    /// <summary>Says how many runs there were and how many ended as they should, for whoever reads the test's output, and for the build that counts.</summary>
    public void Conclude(string what, int runs, int right, int faults)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"fault runs, {what}: {right} of {runs} ended right, {faults} faults");
        output.WriteLine(line);
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, $"fault-runs-{what.Replace(' ', '-')}.txt"), line + "\n");
    }

    /// <summary>One run whose trouble stops at a drawn time.</summary>
    public async Task<FaultedRun> RunAsync(int seed, Scene scene, NodeMaintenance maintenance)
    {
        var random = new Random(seed);
        var share = 0.05 + (random.NextDouble() * 0.4);
        var stop = TimeSpan.FromSeconds(random.Next(5, 240));
        return await RunAsync(seed, scene, maintenance, new FaultRule
        {
            Label = "trouble",
            Effect = FaultEffect.Choose(request => Draw(random, request)),
            Probability = share,
            Seed = seed,
            Until = scene.Cluster.Time.GetUtcNow() + stop,
        }, Deadline);
    }

    /// <summary>One run in which one kind of trouble, drawn by seed, strikes every request of one kind and never stops.</summary>
    public async Task<FaultedRun> RunForeverAsync(int seed, Scene scene, NodeMaintenance maintenance, IReadOnlyList<(string Verb, string Resource, string Subresource)> targets)
    {
        var random = new Random(seed);
        var (verb, resource, subresource) = targets[seed % targets.Count];
        var effect = random.Next(5) switch
        {
            0 => FaultEffect.Status(500, "InternalError", "injected: the store is broken"),
            1 => FaultEffect.Status(503, "ServiceUnavailable", "injected: the server is overloaded", retryAfterSeconds: 1),
            2 => FaultEffect.Status(429, "TooManyRequests", "injected: too many requests", retryAfterSeconds: 2),
            3 => FaultEffect.CutBefore(),
            _ => FaultEffect.Delay(TimeSpan.FromMinutes(10)),
        };
        return await RunAsync(seed, scene, maintenance, new FaultRule
        {
            Label = "trouble",
            Effect = effect,
            Verb = verb.Length == 0 ? null : verb,
            Resource = resource.Length == 0 ? null : resource,
            Subresource = resource.Length == 0 ? null : subresource,
        }, ShortDeadline);
    }

    private async Task<FaultedRun> RunAsync(int seed, Scene scene, NodeMaintenance maintenance, FaultRule rule, TimeSpan timeout)
    {
        // A plan that cannot be made is refused before anything happens; trouble begins when the run does, with its first watch or write.
        var begun = false;
        using var beginning = scene.Cluster.Faults.Add(new FaultRule
        {
            Effect = FaultEffect.Choose(static _ => null),
            When = request =>
            {
                // Asked for every request, unlike the condition of a rule that is about some requests only.
                begun |= request.IsWrite || request.Verb == "watch";
                return false;
            },
        });
        using var fault = scene.Cluster.Faults.Add(rule with { When = _ => begun });
        var report = await RunAsync(scene, maintenance.With(options => options with { Timeout = timeout }));
        var took = report.FinishedAt - report.StartedAt;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}: {report.Result} after {took.TotalSeconds:0.0} s, {scene.Cluster.Requests.Total} requests, {fault.Fired} faults, share {rule.Probability:0.00}"));
        return new FaultedRun(seed, report, took, fault.Fired);
    }

    /// <summary>A run that could not even begin says so with an exception.</summary>
    private static async Task<MaintenanceReport> RunAsync(Scene scene, NodeMaintenance maintenance)
    {
        var started = scene.Cluster.Time.GetUtcNow();
        try
        {
            return await scene.Runner.RunAsync(maintenance);
        }
        catch (ClusterException exception)
        {
            return new MaintenanceReport
            {
                NodeName = maintenance.NodeName,
                Result = MaintenanceResult.Failed,
                Summary = exception.Message,
                StartedAt = started,
                FinishedAt = scene.Cluster.Time.GetUtcNow(),
                Steps = [],
            };
        }
    }

    private static int? Wished() =>
        int.TryParse(Environment.GetEnvironmentVariable("VMNODEOPS_FAULT_RUNS"), CultureInfo.InvariantCulture, out var wished) ? wished : null;

    private static FaultEffect Draw(Random random, LoggedRequest request)
    {
        lock (random)
        {
            return request.Verb == "watch" && random.Next(3) > 0 ? DrawForWatch(random) : DrawForAny(random);
        }
    }

    private static FaultEffect DrawForWatch(Random random) => random.Next(4) switch
    {
        0 => FaultEffect.EndWatch(random.Next(5), TimeSpan.FromSeconds(random.Next(1, 20))),
        1 => FaultEffect.SilenceWatch(random.Next(5), TimeSpan.FromSeconds(random.Next(1, 20))),
        2 => FaultEffect.ExpireWatch(random.Next(5), TimeSpan.FromSeconds(random.Next(1, 20))),
        _ => FaultEffect.CutWatch(random.Next(5), TimeSpan.FromSeconds(random.Next(1, 20))),
    };

    private static FaultEffect DrawForAny(Random random) => random.Next(10) switch
    {
        0 => FaultEffect.Status(500, "InternalError"),
        1 => FaultEffect.Status(503, "ServiceUnavailable"),
        2 => FaultEffect.Status(429, "TooManyRequests", retryAfterSeconds: random.Next(1, 5)),
        3 => FaultEffect.Status(504, "Timeout"),
        4 => FaultEffect.CutBefore(),
        5 => FaultEffect.CutAfter(),
        6 => FaultEffect.CutInBody(),
        7 => FaultEffect.StallBody(),
        8 => FaultEffect.NoAnswer(),
        _ => FaultEffect.Delay(TimeSpan.FromSeconds(random.Next(1, 40))),
    };
}

/// <summary>How a run under trouble went.</summary>
internal sealed record FaultedRun(int Seed, MaintenanceReport Report, TimeSpan Took, int Faults);
