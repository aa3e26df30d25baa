using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>Live migrations over HTTPS.</summary>
internal sealed class KubernetesMigrations(ApiGateway gateway)
    : KubernetesReader<MigrationDto, Migration>(gateway, Resources.Migrations), IMigrations
{
    public Task<Migration> CreateAsync(
        ObjectName instance, IReadOnlyDictionary<string, string>? addedNodeSelector = null, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        _ = ResourcePath.Of(Kind, instance);
        var spec = new JsonObject { ["vmiName"] = instance.Name };
        if (addedNodeSelector is { Count: > 0 })
        {
            spec["addedNodeSelector"] = Writes.Map(addedNodeSelector.Select(pair => KeyValuePair.Create<string, string?>(pair.Key, pair.Value)));
        }

        var body = new JsonObject
        {
            ["apiVersion"] = Kind.ApiVersion,
            ["kind"] = "VirtualMachineInstanceMigration",
            ["metadata"] = new JsonObject { ["generateName"] = "vmnodeops-" },
            ["spec"] = spec,
        };
        return WriteAsync(
            Writes.Create(Kind, instance.Namespace, body, options, $"migrate virtual machine instance {instance}", isStrict: true), cancellationToken);
    }

    public Task DeleteAsync(ObjectIdentity migration, DeletionOptions? options = null, CancellationToken cancellationToken = default) =>
        Gateway.SendAsync(Writes.Delete(Kind, migration, options), cancellationToken);
}
