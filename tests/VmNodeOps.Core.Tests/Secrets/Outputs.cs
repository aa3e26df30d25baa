using System.Collections;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using VmNodeOps.Testing;

namespace VmNodeOps.Tests.Secrets;

/// <summary>Everything that came out of us: a log at its finest level, events, reports, objects in the cluster, exceptions, streams.</summary>
internal sealed class Outputs : ILogger<MaintenanceRunner>, IMaintenanceObserver
{
    /// <summary>What a run may write to besides the objects that it moves.</summary>
    private static readonly string[] Written = ["configmaps", "events", "leases", "nodes", "pods", "virtualmachines", "virtualmachineinstances"];

    private readonly ConcurrentQueue<(string What, string Text)> _texts = [];

    /// <summary>How many texts of each sort there are.</summary>
    public IReadOnlyDictionary<string, int> Counts => _texts.GroupBy(text => text.What).ToDictionary(group => group.Key, group => group.Count());

    public void Add(string what, object? said) => _texts.Enqueue((what, said?.ToString() ?? ""));

    public void Add(MaintenanceReport report)
    {
        Add("report", report.ToText());
        Add("report", report.ToJson());
        Add("report", report);
    }

    public void Add(Exception exception)
    {
        Add("exception", exception);
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            Add("exception", $"{inner.Message} {string.Join(' ', inner.Data.Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}"))}");
            foreach (var property in inner.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
            {
                Add("exception", property.GetValue(inner));
            }
        }
    }

    /// <summary>What is stored in the cluster now: journals, Kubernetes events, leases, marks.</summary>
    public void Add(SimulatedCluster cluster)
    {
        foreach (var stored in Written.SelectMany(resource => cluster.Objects.List(resource).Select(json => (resource, json))))
        {
            Add(stored.resource, stored.json.ToJsonString());
        }
    }

    public ValueTask OnEventAsync(MaintenanceEvent maintenanceEvent, CancellationToken cancellationToken)
    {
        Add("event", maintenanceEvent);
        Add("event", maintenanceEvent.Describe());
        Add("event", maintenanceEvent.ToJson());
        return ValueTask.CompletedTask;
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        Add("log", state);
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Add("log", formatter(state, exception));
        Add("log", exception);
        foreach (var value in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
        {
            Add("log", value.Value);
        }
    }

    public void ShouldHoldNoSecret() =>
        _texts.SelectMany(text => PlantedSecrets.FoundIn(text.Text).Select(line => $"{text.What} ({text.Text.Length} characters): line {line} of planted-secrets.txt"))
            .Distinct().Should().BeEmpty();
}
