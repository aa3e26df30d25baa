using System.CommandLine;
using VmNodeOps.Cluster;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>The node that a command is about; a name that no node can have is refused before anything is asked of a server.</summary>
internal sealed class NodeArgument : Argument<string>
{
    public NodeArgument()
        : base("NODE")
    {
        Description = "The node's name, as `vmnodeops nodes` shows it.";
        Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !ObjectName.IsValid(token.Value))
            {
                result.AddError($"'{token.Value}' is not the name of a node: names are of lower-case letters, digits, '-' and '.'.");
            }
        });
    }
}
