using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks.Measuring;

/// <summary>A cluster on which means take turns.</summary>
internal interface IStage
{
    string Kubeconfig { get; }

    /// <summary>A home for the children, so that kubectl keeps what it keeps there.</summary>
    string Home { get; }

    /// <summary>From now on what happens to these nodes' machines is noted.</summary>
    Task BeginAsync(IEnumerable<string> nodes, bool hurry);

    /// <summary>What was noted.</summary>
    Task<ServerMarks> EndAsync(bool settleAll);

    /// <summary>Puts nodes back into service, with their machines somewhere on the stage.</summary>
    Task ResetAsync(params IEnumerable<string> nodes);
}
