using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The mutator and the validators of machines, and the one of their status.</summary>
internal sealed class MachineWebhook(VirtApi virtApi)
{
    private const string Validator = "virtualmachine-validator.kubevirt.io";

    public void Admit(AdmissionRequest request, JsonObject json)
    {
        if (request.Subresource == "status")
        {
            virtApi.CallWebhook("kubevirt-crd-status-validator.kubevirt.io", "/status-validate");
            return;
        }

        virtApi.CallWebhook("virtualmachines-mutator.kubevirt.io", "/virtualmachines-mutate");
        virtApi.CallWebhook(Validator, "/virtualmachines-validate");
        if (request.Operation == AdmissionOperation.Create)
        {
            Complete(request, json);
        }

        Validate(json);
    }

    private static void Complete(AdmissionRequest request, JsonObject json)
    {
        var spec = json.Child("spec").Child("template").Child("spec");
        spec["architecture"] ??= "amd64";
        var domain = spec.Child("domain");
        domain.Child("machine")["type"] ??= "q35";
        domain.Child("devices");
        domain.Child("resources");
        var firmware = domain.Child("firmware");
        firmware["serial"] ??= Identity(request, "serial");
        firmware["uuid"] ??= Identity(request, "uuid");
    }

    private static void Validate(JsonObject json)
    {
        var hasRunning = json.At("spec.running") is not null;
        var hasStrategy = json.At("spec.runStrategy") is not null;
        if (hasRunning && hasStrategy)
        {
            throw Denial.OfField(
                Validator,
                "Running and RunStrategy are mutually exclusive. Note that Running is deprecated, please use RunStrategy instead",
                "spec.running");
        }

        if (!hasRunning && !hasStrategy)
        {
            throw Denial.OfField(Validator, "One of Running or RunStrategy must be specified", "spec.running");
        }

        if (json.Text("spec.runStrategy") is { } strategy && !RunStrategy.Known.Contains(strategy))
        {
            throw Denial.OfField(Validator, $"Invalid RunStrategy ({strategy})", "spec.runStrategy");
        }
    }

    /// <summary>The same machine gets the same firmware identity in every simulation.</summary>
    private static string Identity(AdmissionRequest request, string what) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Namespace}/{request.Name}/{what}")).AsSpan(0, 16)).ToString();
}
