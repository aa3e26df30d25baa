using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>What virt-api says to the eviction of a virt-launcher or hotplug pod.</summary>
/// <remarks>Order and texts follow the pod eviction admitter; 429 without a reason is KubeVirt's way of saying "not yet" and "never" alike.</remarks>
internal sealed class EvictionWebhook(KubeVirtWorld world, VirtApi virtApi)
{
    private const string LauncherWebhook = "virt-launcher-eviction-interceptor.kubevirt.io";
    private const string HotplugWebhook = "hotplug-pod-eviction-interceptor.kubevirt.io";
    private const string Path = "/pod-eviction-validate";

    public void Admit(AdmissionRequest request)
    {
        var name = request.Object.Text("metadata.name") ?? request.Name;
        if (world.Profile.GuardsHotplugPods && name.StartsWith("hp-volume-", StringComparison.Ordinal))
        {
            virtApi.CallWebhook(HotplugWebhook, Path);
            AdmitHotplugPod(request);
        }
        else if (!world.Profile.EvictionFailsClosed)
        {
            // The older webhook sees every pod, and an eviction passes when virt-api is away.
            if (virtApi.TryCallWebhook())
            {
                AdmitLauncherPod(request);
            }
        }
        else if (name.StartsWith("virt-launcher", StringComparison.Ordinal))
        {
            virtApi.CallWebhook(LauncherWebhook, Path);
            AdmitLauncherPod(request);
        }
    }

    private void AdmitHotplugPod(AdmissionRequest request)
    {
        if (world.Api.Get(ResourceTypes.Pods, request.Namespace, request.Name) is not { } pod
            || pod.Label(Names.Component) != Names.HotplugDisk)
        {
            return;
        }

        var owner = pod.Owner()?.Text("name") ?? "";
        if (world.Api.Get(ResourceTypes.Pods, request.Namespace, owner) is not { } launcher)
        {
            throw Denial.Of(HotplugWebhook, 429, $"failed getting owner for hotplug pod: pods \"{owner}\" not found");
        }

        if (!InstancePhase.IsFinal(launcher) && launcher.Annotation(Names.Domain) is { } domain
            && world.Api.Get(ResourceTypes.VirtualMachineInstances, request.Namespace, domain) is { } instance && !InstancePhase.IsFinal(instance))
        {
            throw Denial.Of(
                HotplugWebhook,
                429,
                $"cannot evict hotplug pod: {pod.Name} associated with running vmi: {instance.Name} in namespace {instance.Namespace}");
        }
    }

    private void AdmitLauncherPod(AdmissionRequest request)
    {
        if (world.Api.Get(ResourceTypes.Pods, request.Namespace, request.Name) is not { } pod
            || pod.Label(Names.Component) != Names.Launcher || InstancePhase.IsFinal(pod) || pod.Annotation(Names.Domain) is not { } domain)
        {
            return;
        }

        var instance = world.Api.Get(ResourceTypes.VirtualMachineInstances, request.Namespace, domain)
            ?? throw Denial.Of(
                LauncherWebhook,
                429,
                $"kubevirt failed getting the vmi: virtualmachineinstances.kubevirt.io \"{domain}\" not found");
        if (MustMark(instance))
        {
            Mark(request, pod, instance);
        }
    }

    private bool MustMark(StoredObject instance)
    {
        var migratable = Conditions.IsTrue(instance.Json, "LiveMigratable");
        switch (instance.Json.Text("spec.evictionStrategy") ?? world.DefaultEvictionStrategy)
        {
            case "LiveMigrate" when !migratable:
                throw Denial.Of(
                    LauncherWebhook, 429, $"VMI {instance.Name} is configured with an eviction strategy but is not live-migratable");
            case "LiveMigrate":
            case "External":
                return true;
            case "LiveMigrateIfPossible":
                return migratable;
            default:
                return false;
        }
    }

    private void Mark(AdmissionRequest request, StoredObject pod, StoredObject instance)
    {
        var text = $"Eviction triggered evacuation of VMI \"{instance.Namespace}/{instance.Name}\"";
        if (!string.IsNullOrEmpty(instance.Json.Text("status.evacuationNodeName")))
        {
            if (world.Profile.MarkedEvictionIsLeftToBudget)
            {
                return;
            }

            throw Denial.Of(LauncherWebhook, 429, "Evacuation in progress: " + text);
        }

        var node = pod.NodeName;
        if (instance.NodeName != node)
        {
            throw Denial.Of(LauncherWebhook, 429, "Eviction request for target Pod");
        }

        if (!request.DryRun)
        {
            WriteMark(request, instance, node!);
        }

        if (!world.Profile.FirstEvictionIsLeftToBudget)
        {
            throw Denial.Of(LauncherWebhook, 429, text);
        }
    }

    private void WriteMark(AdmissionRequest request, StoredObject instance, string node)
    {
        var byDescheduler = request.Object?.Annotation("requested-by") == "sigs.k8s.io/descheduler";
        try
        {
            world.Api.As(world.Settings.ApiUser).Modify(ResourceTypes.VirtualMachineInstances, instance.Namespace, instance.Name, json =>
            {
                json.Child("status")["evacuationNodeName"] = node;
                if (byDescheduler)
                {
                    json.SetAnnotation("kubevirt.io/eviction-source", "descheduler");
                }
            });
        }
        catch (ApiErrorException refusal)
        {
            throw new ApiErrorException(
                Denial.Of(LauncherWebhook, 429, $"kubevirt failed marking the vmi for eviction: {refusal.Message}").Status)
            {
                Delay = refusal.Delay,
            };
        }
    }
}
