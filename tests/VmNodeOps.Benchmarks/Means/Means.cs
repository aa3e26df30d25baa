using VmNodeOps.Benchmarks.Measuring;

namespace VmNodeOps.Benchmarks.Means;

/// <summary>A way to do the work: a command line for a node.</summary>
/// <param name="Name">As the tables have it.</param>
/// <param name="Program">The program that must be on the machine.</param>
/// <param name="Arguments">For a kubeconfig and nodes.</param>
internal sealed record Means(string Name, string Program, Func<string, string[], string[]> Arguments)
{
    public const string OursName = "ours (library)";
    public const string FloorName = "floor";

    private const string ForceDelete =
        "kubectl get po -A -l kubevirt.io=virt-launcher -o wide | grep NODE | awk '{print \"kubectl delete pod --force -n \" $1, $2}'  | bash";

    private const string Detach =
        "kubectl get volumeattachments.storage.k8s.io | grep NODE | awk '{print $1}' | xargs kubectl delete volumeattachments.storage.k8s.io";

    private const string FindReplicas = "kubectl -n kubevirt get po -l kubevirt.io=COMPONENT -o wide | grep NODE";

    private static readonly string Self = typeof(Means).Assembly.Location;

    public static Means OursDrain { get; } = Child(OursName, "ours-drain");

    public static Means ToolDrain { get; } = new("ours (tool)", "dotnet", (kubeconfig, nodes) =>
        [ToolPath, "drain", .. nodes, "--yes", "--kubeconfig", kubeconfig]);

    public static Means KubectlDrain { get; } = new("kubectl drain", "kubectl", (_, nodes) =>
        ["drain", .. nodes, "--delete-emptydir-data", "--ignore-daemonsets=true", "--force", "--pod-selector=kubevirt.io=virt-launcher"]);

    public static Means FloorDrain { get; } = Child(FloorName, "floor-drain");

    /// <summary>Drains one node, which is not measured, and then another.</summary>
    public static Means OursDrainTwice { get; } = Child(OursName, "ours-drain-twice");

    public static Means FloorDrainTwice { get; } = Child(FloorName, "floor-drain-twice");

    public static Means OursRecover { get; } = Child(OursName, "ours-recover");

    /// <summary>Steps 2 to 5 of the manual, to the letter; the last two find nothing here, for virt-api and virt-controller live elsewhere.</summary>
    public static Means PipelinesRecover { get; } = new("the manual's pipelines", "kubectl", (_, nodes) =>
    [
        "-c",
        string.Join('\n', ForceDelete, Detach, FindReplicas.Replace("COMPONENT", "virt-api"), FindReplicas.Replace("COMPONENT", "virt-controller"), "true").Replace("NODE", nodes[0]),
    ])
    { Shell = "bash" };

    public static Means FloorRecover { get; } = Child(FloorName, "floor-recover");

    public static Means OursPlan { get; } = Child(OursName, "ours-plan");

    public static Means ToolPlan { get; } = new("ours (tool)", "dotnet", (kubeconfig, nodes) => [ToolPath, "plan", "drain", .. nodes, "--kubeconfig", kubeconfig]);

    public static Means KubectlLook { get; } = new("kubectl get node", "kubectl", (_, nodes) => ["get", "node", .. nodes]);

    public static Means FloorPage { get; } = Child("floor: every attachment once", "floor-page");

    public static Means OursBatch { get; } = Child("ours (library), one batch", "ours-batch");

    public static Means FloorBatch { get; } = Child("floor, all nodes at once", "floor-batch");

    /// <summary>The program that is started, where it is not <see cref="Program"/>.</summary>
    public string? Shell { get; init; }

    public bool IsHere => Executables.Find(Program) is not null && (Shell is null || Executables.Find(Shell) is not null);

    private static string ToolPath => Path.Combine(AppContext.BaseDirectory, "vmnodeops.dll");

    private static Means Child(string name, string role) => new(name, "dotnet", (kubeconfig, nodes) => [Self, "means", role, kubeconfig, .. nodes]);
}
