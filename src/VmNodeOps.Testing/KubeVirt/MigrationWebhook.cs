using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The mutator and the validators of migrations.</summary>
internal sealed class MigrationWebhook(KubeVirtWorld world, VirtApi virtApi)
{
    private const string CreateValidator = "migration-create-validator.kubevirt.io";
    private const string UpdateValidator = "migration-update-validator.kubevirt.io";

    public void Admit(AdmissionRequest request, JsonObject json)
    {
        if (request.Operation == AdmissionOperation.Create)
        {
            virtApi.CallWebhook("migrations-mutator.kubevirt.io", "/migration-mutate-create");
            virtApi.CallWebhook(CreateValidator, "/migration-validate-create");
            Check(request.Namespace, json.Text("spec.vmiName") ?? "", json.Text("spec.priority"), request.User);
            json.SetLabel(Names.MigrationVmiName, json.Text("spec.vmiName"));
            json.AddFinalizer(Names.MigrationFinalizer);
            return;
        }

        virtApi.CallWebhook(UpdateValidator, "/migration-validate-update");
        if (!JsonNode.DeepEquals(json["spec"], request.OldObject?["spec"]))
        {
            throw Denial.OfField(UpdateValidator, "update of Migration object's spec is restricted");
        }
    }

    /// <summary>Whether such a migration may be made now.</summary>
    public void Check(string? ns, string name, string? priority, string user)
    {
        if (priority is not null && user != world.Settings.ControllerUser)
        {
            throw Denial.OfField(
                CreateValidator, "Migration priority queue, only virt-controller is allowed to set priority field", "spec.priority");
        }

        if (name.Length == 0)
        {
            throw Denial.OfField(CreateValidator, "vmiName is missing", "spec.vmiName");
        }

        var instance = world.Api.Get(ResourceTypes.VirtualMachineInstances, ns, name)
            ?? throw Denial.Of(CreateValidator, 400, $"the VMI \"{ns}/{name}\" does not exist");
        if (InstancePhase.IsFinal(instance))
        {
            throw Denial.Of(CreateValidator, 400, "Cannot migrate VMI in finalized state.");
        }

        if (Conditions.Find(instance.Json, "LiveMigratable") is { } condition && condition.Text("status") == "False")
        {
            throw Denial.Of(
                CreateValidator, 400, $"Cannot migrate VMI, Reason: {condition.Text("reason")}, Message: {condition.Text("message")}");
        }

        var running = world.Api.List(ResourceTypes.VirtualMachineInstanceMigrations, ns)
            .FirstOrDefault(each => each.Json.Text("spec.vmiName") == name && !InstancePhase.IsFinal(each));
        if (running is not null)
        {
            throw Denial.Of(
                CreateValidator,
                400,
                $"in-flight migration detected. Active migration job ({running.Uid}) is currently already in progress for VMI {name}.");
        }
    }
}
