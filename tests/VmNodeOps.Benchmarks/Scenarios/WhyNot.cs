namespace VmNodeOps.Benchmarks.Scenarios;

/// <summary>Why a target is missed where it is, and what would reach it. As far as it has been looked for; where it is only read from the code, the sentence says so.</summary>
internal static class WhyNot
{
    public const string Start =
        "Most of the difference is processor time of our process, and most of that is the just-in-time compiler: planning, rights, lock and journal are code that the floor does not have and that runs once. Compiling ahead of time (ReadyToRun, for one platform) halves it: 9,700 methods compiled in a drain of 100 machines became about 5,000, for what the framework's generic async code makes of our methods is compiled at run time all the same. A process that lives on, such as a service, pays it once.";

    public const string Requests = "By the code: rights that are not all granted are asked for one by one; the plan of several namespaces reads each.";

    public const string Journal = "By the code: between the last machine and the return lie the last write of the journal and the release of the lease, one answer of the server each.";

    public const string Attachments = "A recovery reads the attachments twice: for the plan, and anew before anything is detached, because what is destroyed wants a fresh look. That is part of it; the rest has not been taken apart yet. A server that selected attachments by node would reach it; Kubernetes has no such selector.";

    public const string Memory = "By the code: a page of 500 objects is held whole while it is sifted. A smaller page (KubernetesClusterOptions.PageSize) lowers it.";

    public const string Batch = "The evictions are answered soon; what takes long is that 800 machines stop and start on a server that shares two processors with us, and that our process takes its part of them: each node's run watches all instances and migrations of the cluster by itself, because a machine may go to any node, so that twenty runs receive and read the same news twenty times. One watch that the runs of a batch share would take that part away; how much of the rest is the server's has not been taken apart.";

    public const string Nodes = "By the code: a plan reads the nodes on which machines run until it has seen enough places for them, and all nodes only where some are missing. PreflightOptions.IsOn = false leaves that out.";
}
