using VmNodeOps;

namespace PlatformApi;

/// <summary>What is asked for: <c>{ "procedure": "drain", "node": "worker-1" }</c>.</summary>
internal sealed record MaintenanceRequest(string Procedure, string Node, GivenEvidence? Evidence = null)
{
    /// <exception cref="ArgumentException">It cannot be meant.</exception>
    public NodeMaintenance ToMaintenance() => Procedure switch
    {
        "drain" => NodeMaintenance.OnNode(Node).GracefulShutdown(),
        "return" => NodeMaintenance.OnNode(Node).ReturnToService(),
        "recover" when Evidence is { IsWhole: true } given => NodeMaintenance.OnNode(Node).RecoverFromCrash(VmNodeOps.Evidence.OperatorConfirms(given.ConfirmedBy, given.Reason)),
        "recover" => throw new ArgumentException("A recovery needs evidence that the node is off: \"evidence\": { \"confirmedBy\": who answers for it, \"reason\": how they know }. That it is silent is none."),
        _ => throw new ArgumentException($"There is no procedure '{Procedure}'. There are: drain, return, recover."),
    };
}

/// <summary>Who answers for it that the node is off, and how they know.</summary>
internal sealed record GivenEvidence(string ConfirmedBy, string Reason)
{
    public bool IsWhole => !string.IsNullOrWhiteSpace(ConfirmedBy) && !string.IsNullOrWhiteSpace(Reason);
}

/// <summary>Who approves a plan. A platform takes this from the login, not from the body.</summary>
internal sealed record Approval(string By);
