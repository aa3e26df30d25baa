using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>Every webhook of KubeVirt. All of them live in virt-api, and all fail closed: without it no object of KubeVirt can be written.</summary>
/// <remarks>There is none on DELETE.</remarks>
internal sealed class KubeVirtWebhooks(KubeVirtWorld world, VirtApi virtApi) : IAdmission
{
    private readonly EvictionWebhook _evictions = new(world, virtApi);
    private readonly MachineWebhook _machines = new(virtApi);
    private readonly InstanceWebhook _instances = new(world, virtApi);
    private readonly MigrationWebhook _migrations = new(world, virtApi);

    public void Admit(AdmissionRequest request)
    {
        if (request.Type == ResourceTypes.Pods)
        {
            if (request.Subresource == "eviction")
            {
                _evictions.Admit(request);
            }
        }
        else if (request.Operation != AdmissionOperation.Delete && request.Object is { } json)
        {
            AdmitWrite(request, json);
        }
    }

    /// <summary>What a dry run of a migration is told.</summary>
    public void CheckMigration(string ns, string instanceName, string user) => _migrations.Check(ns, instanceName, null, user);

    private void AdmitWrite(AdmissionRequest request, System.Text.Json.Nodes.JsonObject json)
    {
        if (request.Type == ResourceTypes.VirtualMachineInstances)
        {
            _instances.Admit(request, json);
        }
        else if (request.Type == ResourceTypes.VirtualMachines)
        {
            _machines.Admit(request, json);
        }
        else if (request.Type == ResourceTypes.VirtualMachineInstanceMigrations)
        {
            _migrations.Admit(request, json);
        }
    }
}
