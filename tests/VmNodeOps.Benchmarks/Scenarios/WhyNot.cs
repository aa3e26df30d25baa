namespace VmNodeOps.Benchmarks.Scenarios;

/// <summary>Why a target is missed where it is, and what would reach it. As far as it has been looked for; where it is only read from the code, the sentence says so.</summary>
internal static class WhyNot
{
    public static string Start { get; } = Means.Means.AreNative
        ? "By the code: before the first eviction or deletion come the plan, the rights, the lock and the journal, which the floor does not have; each has answers of the server to wait for, one after the other."
        : "Most of the difference is processor time of our process, and half of that is the just-in-time compiler and the loading of types: planning, rights, lock and journal are code that the floor does not have and that runs once. Native programs have none of that: publish them as the command of a native page says.";

    public const string Requests = "By the code: rights that are not all granted are asked for one by one; the plan of several namespaces reads each.";

    public const string Journal = "By the code: between the last machine and the return lie the last write of the journal and the release of the lease, one answer of the server each.";

    public const string Attachments = "A recovery reads the attachments once, as the floor does, and goes on from there by a watch. What comes after our last call, whose time the table has too, is the cluster's: the attachments are gone when the external-attacher has detached them, half a second later, and our process waits for that. What still grows with the cluster there is the memory of the simulated server: to collect a gigabyte took a fifth of its processor time in those seconds (perf). A server with processors of its own has not been measured.";

    public const string Memory = "By the code: a page of 500 objects is held whole while it is sifted. A smaller page (KubernetesClusterOptions.PageSize) lowers it.";

    public const string Batch = "The evictions are answered soon; what takes long is that 800 machines stop and start on a simulated server with one thread for all controllers and kubelets, at about 9 ms a machine (perf: reading, copying, comparing and writing objects, nothing that grows with their number any more). The floor, which does nothing but evict and watch, says what the server allows; the ratio to it stands below the table.";

    public const string Nodes = "By the code: a plan reads the nodes on which machines run until it has seen enough places for them, and all nodes only where some are missing. PreflightOptions.IsOn = false leaves that out.";
}
