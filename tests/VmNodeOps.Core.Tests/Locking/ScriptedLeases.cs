using NSubstitute;
using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Locking;

/// <summary>Leases in memory, with resource versions and a server clock of their own; can be made to fail.</summary>
internal sealed class ScriptedLeases : ILeases, IServer, INamespaces
{
    private readonly TimeProvider _time;
    private long _version = 100;

    public ScriptedLeases(TimeProvider time)
    {
        _time = time;
        Client = Substitute.For<IClusterClient>();
        Client.Leases.Returns(this);
        Client.Server.Returns(this);
        Client.Namespaces.Returns(this);
    }

    public IClusterClient Client { get; }

    public Dictionary<ObjectName, Lease> Stored { get; } = [];

    public HashSet<string> Namespaces { get; } = ["medik8s-leases", "spare"];

    public bool MayCreateNamespaces { get; set; } = true;

    /// <summary>How far the server's clock is ahead of the run's.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>Thrown by every call, if set.</summary>
    public ClusterException? Outage { get; set; }

    public int Renewals { get; private set; }

    public DateTimeOffset ServerTime => _time.GetUtcNow() + Skew;

    public Lease Only => Stored.Values.Should().ContainSingle().Subject;

    public void Put(Lease lease) => Stored[lease.Name] = lease with { ResourceVersion = $"{++_version}" };

    public Task<Lease?> FindAsync(ObjectName name, CancellationToken cancellationToken = default) =>
        Answer(() => Stored.GetValueOrDefault(name));

    public Task<Snapshot<Lease>> ListAsync(Selection selection, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<WatchEvent<Lease>> WatchAsync(
        Selection selection, Snapshot<Lease>? from = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<Lease> CreateAsync(LeaseDraft lease, CancellationToken cancellationToken = default) => Answer(() =>
    {
        if (!Namespaces.Contains(lease.Name.Namespace!))
        {
            throw new ClusterException(ClusterErrorCause.NotFound, "no such namespace");
        }

        if (Stored.ContainsKey(lease.Name))
        {
            throw new ClusterException(ClusterErrorCause.AlreadyExists, "there is one");
        }

        Put(new Lease
        {
            Name = lease.Name,
            Uid = $"lease-{_version}",
            HolderIdentity = lease.HolderIdentity,
            Duration = lease.Duration,
            AcquiredAt = lease.AcquiredAt,
            RenewedAt = lease.AcquiredAt,
            Owners = lease.Owners,
        });
        return Stored[lease.Name];
    });

    public Task<Lease> ReplaceAsync(Lease lease, CancellationToken cancellationToken = default) => Answer(() =>
    {
        Renewals++;
        if (!Stored.TryGetValue(lease.Name, out var stored))
        {
            throw new ClusterException(ClusterErrorCause.NotFound, "gone");
        }

        if (stored.ResourceVersion != lease.ResourceVersion)
        {
            throw new ClusterException(ClusterErrorCause.Conflict, "changed");
        }

        Put(lease);
        return Stored[lease.Name];
    });

    public Task DeleteAsync(ObjectIdentity lease, DeletionOptions? options = null, CancellationToken cancellationToken = default) => Answer(() =>
    {
        if (!Stored.TryGetValue(lease.Name, out var stored))
        {
            throw new ClusterException(ClusterErrorCause.NotFound, "gone");
        }

        if (stored.Uid != lease.Uid || (options?.ResourceVersion is { } version && stored.ResourceVersion != version))
        {
            throw new ClusterException(ClusterErrorCause.Conflict, "changed");
        }

        return Stored.Remove(lease.Name);
    });

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(ServerTime);

    public Task<ServerVersion> GetVersionAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task CreateAsync(string name, CancellationToken cancellationToken = default) => Answer(() =>
        MayCreateNamespaces ? Namespaces.Add(name) : throw new ClusterException(ClusterErrorCause.Forbidden, "may not create namespaces"));

    private Task<T> Answer<T>(Func<T> answer)
    {
        if (Outage is not null)
        {
            return Task.FromException<T>(Outage);
        }

        try
        {
            return Task.FromResult(answer());
        }
        catch (ClusterException exception)
        {
            return Task.FromException<T>(exception);
        }
    }
}
