using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops recover NODE --confirmed-by WHO --reason WHY</c>: frees the virtual machines of a node that is off, so that they start elsewhere.</summary>
internal sealed class RecoverCommand : Command
{
    private readonly NodeArgument _node = new();
    private readonly Option<string> _confirmedBy = Words("--confirmed-by", "WHO", "Who answers for it that the node is powered off or cut off from all storage.");
    private readonly Option<string> _reason = Words("--reason", "WHY", "How they know: what they saw or did.");

    public RecoverCommand(ToolServices services)
        : base("recover", "Frees the virtual machines of a crashed node, so that they start elsewhere. Somebody must answer for it that the node is off.")
    {
        Arguments.Add(_node);
        Options.Add(_confirmedBy);
        Options.Add(_reason);
        SetAction((parsed, token) =>
        {
            var name = parsed.GetRequiredValue(_node);
            var evidence = Evidence.OperatorConfirms(parsed.GetRequiredValue(_confirmedBy), parsed.GetRequiredValue(_reason));
            var advice = $"Node {name} stays cordoned. If it is still off, the same command again goes on from where things stand.";
            return new MaintenanceRunning(services, parsed).RunAsync(Procedures.Recover(name, evidence), asks: true, advice, token);
        });
    }

    private static Option<string> Words(string name, string helpName, string description)
    {
        var option = new Option<string>(name) { Description = description, HelpName = helpName, Required = true };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && string.IsNullOrWhiteSpace(token.Value))
            {
                result.AddError($"{name} must not be empty: it goes into the record.");
            }
        });
        return option;
    }
}
