namespace VmNodeOps.Tool.Simulation;

/// <summary>What can be done to the machine under a node, and what somebody who did it is to know.</summary>
internal static class HostNews
{
    public const string Crash = "crash";
    public const string CutOff = "cut-off";
    public const string Return = "return";

    public static readonly IReadOnlyList<(string Act, string Meaning)> Acts =
    [
        (Crash, "takes the power from the machine of NODE: all that runs on it dies, and nobody is told"),
        (CutOff, "takes its network: its virtual machines run on, and nobody can see it"),
        (Return, "gives back what was taken: the machine boots, or reaches the API server again"),
    ];

    /// <param name="act">What was done.</param>
    /// <param name="node">To which node's machine.</param>
    /// <param name="hadPower">Whether it had power before.</param>
    /// <param name="wasConnected">Whether it reached the API server before.</param>
    public static string Tell(string act, string node, bool hadPower, bool wasConnected) => (act, hadPower, wasConnected) switch
    {
        (Crash, false, _) => $"The machine of {node} had no power anyway.",
        (Crash, _, _) => $"The machine of {node} has lost its power. In about 40 seconds its node is no longer Ready; then: vmnodeops recover {node} --confirmed-by you --reason \"I pulled the plug\"",
        (CutOff, _, false) => $"{node} did not reach the API server anyway.",
        (CutOff, _, _) => $"{node} no longer reaches the API server. Its virtual machines run on: this is when a recovery would make second copies of them.",
        (_, false, _) => $"The machine of {node} boots. Then: vmnodeops return {node}",
        (_, _, false) => $"{node} reaches the API server again.",
        _ => $"{node} runs and reaches the API server; there is nothing to give back.",
    };

    public static string NoSuchNode(string node, IEnumerable<string> nodes) => $"There is no node {node}; there are {string.Join(", ", nodes)}.";
}
