namespace VmNodeOps.Benchmarks.Server;

/// <summary>What the server is to hold, as its command line says it.</summary>
/// <param name="Kubeconfig">Where the way to it is written.</param>
/// <param name="Workers">Nodes for machines; the machines stand on the first <paramref name="Loaded"/> of them.</param>
/// <param name="Loaded">How many of the workers have machines.</param>
/// <param name="Machines">Machines on each of those.</param>
/// <param name="Disks">Whether each machine has a disk that only one node may have.</param>
/// <param name="Crowd">Objects of other nodes, for the size of the cluster.</param>
internal sealed record SceneRequest(string Kubeconfig, int Workers, int Loaded, int Machines, bool Disks, Crowd Crowd)
{
    /// <summary>The node of that number, from 1.</summary>
    public static string Worker(int number) => $"worker-{number}";

    public string[] ToArguments() =>
    [
        "serve", Kubeconfig, .. new object[] { Workers, Loaded, Machines, Disks, Crowd.Nodes, Crowd.Pods, Crowd.Attachments }
            .Select(value => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!),
    ];

    public static SceneRequest Parse(ReadOnlySpan<string> words) =>
        new(words[0], Number(words[1]), Number(words[2]), Number(words[3]), bool.Parse(words[4]), new Crowd(Number(words[5]), Number(words[6]), Number(words[7])));

    private static int Number(string word) => int.Parse(word, System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Nodes, pods and attachments that are none of the run's business.</summary>
internal sealed record Crowd(int Nodes, int Pods, int Attachments)
{
    public static Crowd None { get; } = new(0, 0, 0);
}
