using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>Leases over HTTPS.</summary>
internal sealed class KubernetesLeases(ApiGateway gateway) : KubernetesReader<LeaseDto, Lease>(gateway, Resources.Leases), ILeases
{
    public Task<Lease> CreateAsync(LeaseDraft lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        _ = ResourcePath.Of(Kind, lease.Name);
        var time = Writes.MicroTime(lease.AcquiredAt);
        var body = Document(lease.Name, lease.Labels, lease.Owners);
        body["spec"] = new JsonObject
        {
            ["holderIdentity"] = lease.HolderIdentity,
            ["leaseDurationSeconds"] = Seconds(lease.Duration),
            ["acquireTime"] = time,
            ["renewTime"] = time,
        };
        return WriteAsync(Writes.Create(Kind, lease.Name.Namespace, body, options: null, $"create lease {lease.Name}"), cancellationToken);
    }

    public Task<Lease> ReplaceAsync(Lease lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        if (lease.ResourceVersion.Length == 0)
        {
            throw new ArgumentException("A lease is replaced at the version that was read: it has none.", nameof(lease));
        }

        return WriteAsync(
            new ApiRequest
            {
                Method = HttpMethod.Put,
                Target = ResourcePath.Of(Kind, Writes.Checked(lease.Identity).Name),
                What = $"replace lease {lease.Name}",
                Body = Writes.Bytes(Document(lease)),
            },
            cancellationToken);
    }

    public Task DeleteAsync(ObjectIdentity lease, DeletionOptions? options = null, CancellationToken cancellationToken = default) =>
        Gateway.SendAsync(Writes.Delete(Kind, lease, options), cancellationToken);

    private static JsonObject Document(Lease lease)
    {
        var body = Document(lease.Name, lease.Labels, lease.Owners);
        var metadata = body["metadata"]!.AsObject();
        metadata["uid"] = lease.Uid;
        metadata["resourceVersion"] = lease.ResourceVersion;
        if (lease.Annotations.Count > 0)
        {
            metadata["annotations"] = Writes.Texts(lease.Annotations);
        }

        if (lease.Finalizers.Count > 0)
        {
            metadata["finalizers"] = new JsonArray([.. lease.Finalizers.Select(finalizer => JsonValue.Create(finalizer))]);
        }

        var spec = new JsonObject { ["leaseTransitions"] = lease.Transitions };
        if (lease.HolderIdentity is { } holder)
        {
            spec["holderIdentity"] = holder;
        }

        if (lease.Duration is { } duration)
        {
            spec["leaseDurationSeconds"] = Seconds(duration);
        }

        if (lease.AcquiredAt is { } acquired)
        {
            spec["acquireTime"] = Writes.MicroTime(acquired);
        }

        if (lease.RenewedAt is { } renewed)
        {
            spec["renewTime"] = Writes.MicroTime(renewed);
        }

        body["spec"] = spec;
        return body;
    }

    private static JsonObject Document(ObjectName name, IReadOnlyDictionary<string, string> labels, IReadOnlyList<Owner> owners)
    {
        var metadata = new JsonObject { ["name"] = name.Name, ["namespace"] = name.Namespace };
        if (labels.Count > 0)
        {
            metadata["labels"] = Writes.Texts(labels);
        }

        if (owners.Count > 0)
        {
            metadata["ownerReferences"] = Writes.Owners(owners);
        }

        return new JsonObject { ["apiVersion"] = "coordination.k8s.io/v1", ["kind"] = "Lease", ["metadata"] = metadata };
    }

    /// <summary>A lease is never shorter than was meant: whoever reads it must not think it free too early.</summary>
    private static int Seconds(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return (int)Math.Ceiling(duration.TotalSeconds);
    }
}
