using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Keeps every write of a run with its answer, and tells of it.</summary>
internal sealed class WriteLedger(EventHub events, TimeProvider time, Func<string> step)
{
    private readonly Lock _gate = new();
    private readonly List<WriteRecord> _records = [];

    public IReadOnlyList<WriteRecord> Records
    {
        get
        {
            lock (_gate)
            {
                return [.. _records];
            }
        }
    }

    /// <summary>The write is about to be sent: until its answer is noted it counts as unknown.</summary>
    public Entry Begin(WriteIntent intent)
    {
        var record = new WriteRecord
        {
            Step = step(),
            Verb = intent.Verb,
            Target = intent.Target,
            SentAt = time.GetUtcNow(),
            Result = WriteResult.Unknown,
            Message = "no answer",
            Evidence = intent.Evidence?.ToString(),
        };
        lock (_gate)
        {
            _records.Add(record);
            return new Entry(this, _records.Count - 1);
        }
    }

    private void Note(int index, WriteResult result, string message)
    {
        WriteRecord record;
        lock (_gate)
        {
            record = _records[index] = _records[index] with { Result = result, Message = message };
        }

        Telemetry.Writes.Add(1, new("vmnodeops.verb", record.Verb), new("vmnodeops.result", result.ToString()));
        events.Publish(new WriteAnswered { Write = record });
    }

    internal sealed class Entry(WriteLedger ledger, int index)
    {
        private bool _noted;

        public void End(ServerStatus? refusal) =>
            Note(refusal is null ? WriteResult.Accepted : WriteResult.Refused, refusal is null ? "" : $"{refusal.Code} {refusal.Message}".Trim());

        public void End(ClusterException exception) =>
            Note(exception.MayHaveBeenApplied ? WriteResult.Unknown : WriteResult.Refused, exception.Message);

        public void End(WriteResult result, string message) => Note(result, message);

        public void EndUnknown() => Note(WriteResult.Unknown, "cancelled before the answer came");

        private void Note(WriteResult result, string message)
        {
            if (!_noted)
            {
                _noted = true;
                ledger.Note(index, result, message);
            }
        }
    }
}
