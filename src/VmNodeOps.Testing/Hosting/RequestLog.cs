namespace VmNodeOps.Testing.Hosting;

/// <summary>Every request that reached the simulated API server, in the order of arrival.</summary>
/// <remarks>The counts go on when requests are no longer kept. All members are thread-safe.</remarks>
public sealed class RequestLog
{
    private readonly Lock _gate = new();
    private readonly Queue<LoggedRequest> _requests = new();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private int _capacity = 100_000;
    private long _number;
    private long _total;

    internal RequestLog()
    {
    }

    /// <summary>How many requests are kept, the newest ones; 0 keeps none.</summary>
    /// <value>Default 100,000.</value>
    public int Capacity
    {
        get => _capacity;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            lock (_gate)
            {
                _capacity = value;
                Trim();
            }
        }
    }

    /// <summary>How much of each body is kept, in bytes; 0 keeps none.</summary>
    /// <value>Default 16,384.</value>
    public int BodyLimit { get; set; } = 16_384;

    /// <summary>How many requests arrived since the start or the last <see cref="Clear"/>, kept or not.</summary>
    public long Total
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    /// <summary>The requests that are kept.</summary>
    public IReadOnlyList<LoggedRequest> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>How many requests of each kind arrived, kept or not: <c>create pods/eviction</c>, <c>watch virtualmachineinstances</c>, <c>get /version</c>.</summary>
    public IReadOnlyDictionary<string, long> Counts
    {
        get
        {
            lock (_gate)
            {
                return new SortedDictionary<string, long>(_counts, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>The kept requests that asked for a change.</summary>
    public IReadOnlyList<LoggedRequest> Writes => Where(request => request.IsWrite);

    /// <summary>The kept requests that satisfy a condition.</summary>
    public IReadOnlyList<LoggedRequest> Where(Func<LoggedRequest, bool> predicate) => [.. All.Where(predicate)];

    /// <summary>The kept requests of a verb, resource and subresource; a null matches everything.</summary>
    public IReadOnlyList<LoggedRequest> Of(string? verb = null, string? resource = null, string? subresource = null) =>
        Where(request => (verb is null || request.Verb == verb)
            && (resource is null || request.Resource == resource)
            && (subresource is null || request.Subresource == subresource));

    /// <summary>Forgets all requests and counts.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _requests.Clear();
            _counts.Clear();
            _total = 0;
        }
    }

    internal long NextNumber() => Interlocked.Increment(ref _number);

    internal void Add(LoggedRequest request)
    {
        var what = request.Resource.Length == 0 ? request.Path
            : request.Subresource is null ? request.Resource
            : $"{request.Resource}/{request.Subresource}";
        lock (_gate)
        {
            _total++;
            var kind = $"{request.Verb} {what}";
            _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
            _requests.Enqueue(request);
            Trim();
        }
    }

    private void Trim()
    {
        while (_requests.Count > _capacity)
        {
            _requests.Dequeue();
        }
    }
}
