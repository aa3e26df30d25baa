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
    public const string OnRuntimeToo = ", on the runtime";

    private const string ForceDelete =
        "kubectl get po -A -l kubevirt.io=virt-launcher -o wide | grep NODE | awk '{print \"kubectl delete pod --force -n \" $1, $2}'  | bash";

    private const string Detach =
        "kubectl get volumeattachments.storage.k8s.io | grep NODE | awk '{print $1}' | xargs kubectl delete volumeattachments.storage.k8s.io";

    private const string FindReplicas = "kubectl -n kubevirt get po -l kubevirt.io=COMPONENT -o wide | grep NODE";

    /// <summary>Where the natively compiled programs lie, if somebody has published them there.</summary>
    private static readonly string Native = Path.Combine(AppContext.BaseDirectory, "native");

    /// <summary>Whether ours and the floor run as native programs.</summary>
    public static bool AreNative { get; } = File.Exists(Path.Combine(Native, "means")) && File.Exists(Path.Combine(Native, "vmnodeops"));

    public static Means OursDrain { get; } = Child(OursName, "ours-drain");

    public static Means ToolDrain { get; } = Tool((kubeconfig, nodes) => ["drain", .. nodes, "--yes", "--kubeconfig", kubeconfig]);

    public static Means KubectlDrain { get; } = new("kubectl drain", "kubectl", (_, nodes) =>
        ["drain", .. nodes, "--delete-emptydir-data", "--ignore-daemonsets=true", "--force", "--pod-selector=kubevirt.io=virt-launcher"]);

    public static Means FloorDrain { get; } = Child(FloorName, "floor-drain");

    /// <summary>Drains one node, which is not measured, and then another.</summary>
    public static Means OursDrainTwice { get; } = OnRuntime(OursName, "ours-drain-twice");

    public static Means FloorDrainTwice { get; } = OnRuntime(FloorName, "floor-drain-twice");

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

    public static Means ToolPlan { get; } = Tool((kubeconfig, nodes) => ["plan", "drain", .. nodes, "--kubeconfig", kubeconfig]);

    public static Means KubectlLook { get; } = new("kubectl get node", "kubectl", (_, nodes) => ["get", "node", .. nodes]);

    public static Means FloorPage { get; } = Child("floor: every attachment once", "floor-page");

    public static Means OursBatch { get; } = Child("ours (library), one batch", "ours-batch");

    public static Means FloorBatch { get; } = Child("floor, all nodes at once", "floor-batch");

    /// <summary>The program that is started, where it is not <see cref="Program"/>.</summary>
    public string? Shell { get; init; }

    public bool IsHere => Executables.Find(Program) is not null && (Shell is null || Executables.Find(Shell) is not null);

    /// <summary>The same as a program of the .NET runtime; nothing where that is what is measured anyway.</summary>
    public static IEnumerable<Means> AlsoOnRuntime(string ours, string floor) =>
        AreNative ? [OnRuntime(OursName + OnRuntimeToo, ours), OnRuntime(FloorName + OnRuntimeToo, floor)] : [];

    private static Means Child(string name, string role) =>
        AreNative ? new(name, Path.Combine(Native, "means"), (kubeconfig, nodes) => [role, kubeconfig, .. nodes]) : OnRuntime(name, role);

    private static Means OnRuntime(string name, string role) => new(name, "dotnet", (kubeconfig, nodes) => [Path.Combine(AppContext.BaseDirectory, "means.dll"), role, kubeconfig, .. nodes]);

    private static Means Tool(Func<string, string[], string[]> words) => AreNative
        ? new("ours (tool)", Path.Combine(Native, "vmnodeops"), words)
        : new("ours (tool)", "dotnet", (kubeconfig, nodes) => [Path.Combine(AppContext.BaseDirectory, "vmnodeops.dll"), .. words(kubeconfig, nodes)]);
}
