using System.CommandLine;
using VmNodeOps.Cluster;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>The nodes that a command is about, by name; names that no node can have are refused before anything is asked of a server.</summary>
internal sealed class NodesArgument : Argument<string[]>
{
    public NodesArgument()
        : base("NODE")
    {
        Description = "The nodes' names, as `vmnodeops nodes` shows them; they take turns in this order.";
        Arity = ArgumentArity.ZeroOrMore;
        Validators.Add(static result =>
        {
            foreach (var token in result.Tokens.Where(static token => !ObjectName.IsValid(token.Value)))
            {
                result.AddError(token.Value.StartsWith('-')
                    ? $"There is no option '{token.Value}' here."
                    : $"'{token.Value}' is not the name of a node: names are of lower-case letters, digits, '-' and '.'.");
            }
        });
    }
}
