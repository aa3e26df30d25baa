namespace VmNodeOps.Testing.Tests.Kubectl;

/// <summary>The commands of the procedure that this project replaces, as written there, comments included.</summary>
internal static class SeedCommands
{
    public const string GetNodes = "kubectl get nodes";

    public const string GetInstances =
        "kubectl get vmis --all-namespaces -o wide | grep <Node-Name>  # Replace <Node-Name> in the command with the Node-Name obtained in step 1";

    public const string Drain =
        "kubectl drain <Node-Name> --delete-local-data --ignore-daemonsets=true --force --pod-selector=kubevirt.io=virt-launcher   # Replace <Node-Name> in the command with the Node-Name of the node to be shut down";

    public const string Uncordon =
        "kubectl uncordon <Node-Name> # Replace <Node-Name> in the command with the Node-Name of the shut down and rebooted node";

    public const string ForceDeletePods =
        "kubectl get po -A -l kubevirt.io=virt-launcher -o wide | grep <Node-Name> | awk '{print \"kubectl delete pod --force -n \" $1, $2}'  | bash  # Replace <Node-Name> in the command with the Node-Name of the node that crashed abnormally.";

    public const string DeleteAttachments =
        "kubectl get volumeattachments.storage.k8s.io | grep <Node-Name> | awk '{print $1}' | xargs kubectl delete volumeattachments.storage.k8s.io  # Replace <Node-Name> in the command with the Node-Name of the node that crashed abnormally.";

    public const string FindVirtApi =
        "kubectl -n kubevirt get po -l kubevirt.io=virt-api -o wide | grep <Node-Name> # Replace <Node-Name> in the command with the Node-Name of the node that crashed abnormally.";

    public const string DeleteVirtApi =
        "kubectl -n kubevirt get po -l kubevirt.io=virt-api -o name | xargs kubectl -n kubevirt delete --force --grace-period=0";

    public const string FindVirtController =
        "kubectl -n kubevirt get po -l kubevirt.io=virt-controller -o wide | grep <Node-Name> # Replace <Node-Name> in the command with the Node-Name of the node that crashed abnormally.";

    public const string DeleteVirtController =
        "kubectl -n kubevirt get po -l kubevirt.io=virt-controller -o name | xargs kubectl -n kubevirt delete --force --grace-period=0";

    /// <summary>A command for a node; from kubectl 1.31 on a drain needs the newer name of its flag.</summary>
    public static string For(this string command, string node, KubectlBinary kubectl) => (kubectl.Minor >= 31
        ? command.Replace("--delete-local-data", "--delete-emptydir-data", StringComparison.Ordinal)
        : command).Replace("<Node-Name>", node, StringComparison.Ordinal);
}
