using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Makes the journal of a node, or goes on with the one that is there.</summary>
internal sealed class JournalOpening(StepContext context, JournalReading reading)
{
    public async Task<OpenJournal> OpenAsync(MaintenanceJournal draft, CancellationToken cancellationToken)
    {
        if (reading is { Stored: { } stored, Journal: { } journal })
        {
            return new OpenJournal(stored, journal);
        }

        return await context.PersevereAsync(token => CreateAsync(draft, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task<OpenJournal> CreateAsync(MaintenanceJournal draft, CancellationToken cancellationToken)
    {
        try
        {
            return new OpenJournal(await WriteAsync(draft, cancellationToken).ConfigureAwait(false), draft);
        }
        catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.AlreadyExists)
        {
            // Ours, if the answer of an earlier attempt was lost; any other one came between the plan and now.
            var there = await JournalReading.ReadAsync(context.Cluster.ConfigMaps, reading.Where, context.Node.Planned, cancellationToken).ConfigureAwait(false);
            return there is { Stored: { } stored, Journal: { } journal } && journal.OpenedBy == draft.OpenedBy && journal.OpenedAt == draft.OpenedAt
                ? new OpenJournal(stored, journal)
                : throw new WriteRefusedException("JournalAppeared", $"A journal of node {draft.NodeName} has appeared in config map {reading.Where} since the plan was made. Nothing was written; plan again.");
        }
        catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.NotFound && context.Options.Journal!.CreateNamespace)
        {
            await CreateNamespaceAsync(reading.Where.Namespace!, cancellationToken).ConfigureAwait(false);
            return new OpenJournal(await WriteAsync(draft, cancellationToken).ConfigureAwait(false), draft);
        }
        catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.NotFound)
        {
            throw new WriteRefusedException(
                "JournalNamespaceMissing",
                $"The namespace {reading.Where.Namespace} for journals is missing and may not be made. Create it: kubectl create namespace {reading.Where.Namespace}");
        }
    }

    private Task<ConfigMap> WriteAsync(MaintenanceJournal draft, CancellationToken cancellationToken)
    {
        var configMap = new ConfigMapDraft
        {
            Name = reading.Where,
            Data = JournalText.Write(draft),
            Labels = new Dictionary<string, string> { ["app.kubernetes.io/managed-by"] = "vmnodeops" },
        };
        return context.Gate.WriteAsync(
            new WriteIntent { Verb = "journal", Target = new ObjectReference { ApiVersion = "v1", Kind = "ConfigMap", Name = reading.Where } },
            (cluster, token) => cluster.ConfigMaps.CreateAsync(configMap, token),
            cancellationToken);
    }

    private async Task CreateNamespaceAsync(string ns, CancellationToken cancellationToken)
    {
        try
        {
            await context.Gate.WriteAsync(
                new WriteIntent { Verb = "create", Target = new ObjectReference { ApiVersion = "v1", Kind = "Namespace", Name = new ObjectName(ns) } },
                (cluster, token) => cluster.Namespaces.CreateAsync(ns, token),
                cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.AlreadyExists)
        {
            // Somebody was faster, or our own answer was lost.
        }
    }
}
