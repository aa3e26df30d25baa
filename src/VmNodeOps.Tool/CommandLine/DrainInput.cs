using System.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>What `drain` and `plan drain` are told alike: which nodes, and how.</summary>
internal sealed class DrainInput
{
    private readonly NodesArgument _nodes = new();
    private readonly PolicyOptions _policy = new();
    private readonly DrainFlags _flags = new();

    private readonly Option<string?> _selector = new("--selector", "-l") { Description = "The nodes by their labels, instead of by name.", HelpName = "SELECTOR" };

    private readonly Option<int> _atOnce = new("--max-nodes-at-once")
    {
        Description = "How many nodes are emptied at the same time. All are cordoned before the first is.",
        HelpName = "N",
        DefaultValueFactory = static _ => 1,
    };

    private readonly Option<bool> _undo = new("--undo-on-failure")
    {
        Description = "Undoes what was done if the drain fails or is cancelled: evacuations are cancelled, stopped machines started, the node is as schedulable as before. What has moved stays moved.",
    };

    private readonly Option<bool> _keepGoing = new("--keep-going") { Description = "Goes on with the next node after one that could not be emptied." };

    public DrainInput() => _atOnce.Validators.Add(static result =>
    {
        if (result.GetValueOrDefault<int>() < 1)
        {
            result.AddError("--max-nodes-at-once takes a number from 1 on.");
        }
    });

    public void AddTo(Command command)
    {
        command.Arguments.Add(_nodes);
        command.Options.Add(_selector);
        command.Options.Add(_atOnce);
        command.Options.Add(_keepGoing);
        command.Options.Add(_undo);
        _flags.AddTo(command);
        _policy.AddTo(command);
        command.Validators.Add(result =>
        {
            // By their tokens: a value cannot be had of what has an error of its own.
            var names = result.GetResult(_nodes) is { Tokens.Count: > 0 };
            var labels = result.GetResult(_selector)?.Tokens is [{ Value.Length: > 0 }];
            if (_flags.Forces(result) && result.GetResult(_nodes)?.Tokens.Count(static token => !token.Value.StartsWith('-')) != 1)
            {
                result.AddError("--force-delete-after is for one node at a time: the fence agent is asked about one machine.");
            }

            if (names == labels)
            {
                result.AddError(names ? "Name the nodes or choose them by --selector, not both." : "Required argument missing: name at least one NODE, or choose nodes by --selector.");
            }
        });
    }

    /// <summary>The one node that was named; null if there are several, or if labels choose them.</summary>
    public string? OnlyNode(ParseResult parsed) => parsed.GetValue(_nodes) is [var only] && string.IsNullOrEmpty(parsed.GetValue(_selector)) ? only : null;

    /// <summary>Whether what was done is undone when the drain does not succeed.</summary>
    public bool Undoes(ParseResult parsed) => parsed.GetValue(_undo);

    public NodeMaintenance OnOne(ParseResult parsed, string node) => Compose(parsed, NodeMaintenance.OnNode(node));

    public MaintenanceBatch OnAll(ParseResult parsed)
    {
        var nodes = parsed.GetValue(_selector) is { Length: > 0 } selector ? NodeMaintenance.OnNodesLabelled(selector) : NodeMaintenance.OnNodes(parsed.GetValue(_nodes)!);
        return nodes
            .Each(node => Compose(parsed, node))
            .With(batch => batch with { MaxNodesAtOnce = parsed.GetValue(_atOnce), StopOnTrouble = !parsed.GetValue(_keepGoing) });
    }

    private NodeMaintenance Compose(ParseResult parsed, NodeMaintenance node)
    {
        var maintenance = Procedures.Drain(node, drain => _policy.Apply(parsed, _flags.Read(parsed, drain)));
        maintenance = Undoes(parsed) ? maintenance.With(options => options with { OnFailure = UndoPolicy.Undo }) : maintenance;
        return _flags.WaitsUntilNotReady(parsed) ? maintenance.WaitUntilNotReady() : maintenance;
    }
}
