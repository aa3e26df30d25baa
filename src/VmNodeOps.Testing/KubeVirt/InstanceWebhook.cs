using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The mutator and the validators of instances.</summary>
internal sealed class InstanceWebhook(KubeVirtWorld world, VirtApi virtApi)
{
    public void Admit(AdmissionRequest request, JsonObject json)
    {
        virtApi.CallWebhook("virtualmachineinstances-mutator.kubevirt.io", "/virtualmachineinstances-mutate");
        if (request.Operation == AdmissionOperation.Create)
        {
            virtApi.CallWebhook("virtualmachineinstances-create-validator.kubevirt.io", "/virtualmachineinstances-validate-create");
            Complete(json);
        }
        else
        {
            const string webhook = "virtualmachineinstance-update-validator.kubevirt.io";
            virtApi.CallWebhook(webhook, "/virtualmachineinstances-validate-update");
            if (!IsComponent(request.User) && !JsonNode.DeepEquals(json["spec"], request.OldObject?["spec"]))
            {
                throw Denial.OfField(webhook, "update of VMI object is restricted");
            }
        }
    }

    private bool IsComponent(string user) =>
        user == world.Settings.ControllerUser || user == world.Settings.ApiUser || user == world.Settings.HandlerUser;

    /// <summary>The defaults, among them the cluster's eviction strategy: later changes of the KubeVirt resource do not reach the instance.</summary>
    private void Complete(JsonObject json)
    {
        var spec = json.Child("spec");
        spec["architecture"] ??= "amd64";
        spec["evictionStrategy"] ??= world.DefaultEvictionStrategy;
        spec["terminationGracePeriodSeconds"] ??= 30;
        var domain = spec.Child("domain");
        domain.Child("machine")["type"] ??= "q35";
        domain.Child("features").Child("acpi")["enabled"] ??= true;
        domain["cpu"] ??= new JsonObject { ["cores"] = 1, ["maxSockets"] = 4, ["model"] = "host-model", ["sockets"] = 1, ["threads"] = 1 };
        domain.Child("devices");
        domain.Child("resources");
        json.SetAnnotation("kubevirt.io/pci-topology-version", "v3");
        json.AddFinalizer(Names.InstanceFinalizer);

        var memory = domain.Text("memory.guest") ?? "64Mi";
        var status = json.Child("status");
        status["currentCPUTopology"] = new JsonObject { ["cores"] = 1, ["sockets"] = 1, ["threads"] = 1 };
        status["guestOSInfo"] = new JsonObject();
        status["memory"] = new JsonObject { ["guestAtBoot"] = memory, ["guestCurrent"] = memory, ["guestRequested"] = memory };
        InstancePhase.Set(json, "Pending", world.Time);
        status["runtimeUser"] = 107;
    }
}
