using System.CommandLine;
using System.CommandLine.Parsing;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>The options of a recovery: who or what knows that the node is off, and how far it may go.</summary>
internal sealed class RecoveryArguments
{
    private readonly Option<string?> _confirmedBy = Words("--confirmed-by", "WHO", "Who answers for it that the node is powered off or cut off from all storage.");
    private readonly Option<string?> _reason = Words("--reason", "WHY", "How they know: what they saw or did.");
    private readonly Option<bool> _stripFinalizers = new("--strip-finalizers")
    {
        Description = "Takes the finalizers off volume attachments that are not detached in time. The storage may then still hold them attached to the old machine.",
    };

    private readonly Option<bool> _startWhatStaysDown = StartWhatStaysDown();

    private readonly Option<string> _first = new("--first")
    {
        Description = "Which machines of one priority are released before the others, by their labels.",
        HelpName = "SELECTOR",
        DefaultValueFactory = static _ => "",
    };

    private readonly FenceAgentArguments _fence = new();
    private readonly BlastRadiusArguments _blastRadius = new();

    public Option<string?> FenceAgent => _fence.Agent;

    /// <summary>The option by which a recovery needs one right more than without.</summary>
    public static Option<bool> StartWhatStaysDown() => new("--start-what-stays-down")
    {
        Description = "Starts, once, what ran on the node and nothing starts again: machines of run strategy Manual, and those that were halted after the crash. Otherwise they are listed with the call for each.",
    };

    public RecoveryArguments() => _first.Validators.Add(static result =>
    {
        try
        {
            NodeMaintenance.OnNode("any").ReleaseVirtualMachines(release => release with { First = result.GetValueOrDefault<string>() });
        }
        catch (ArgumentException exception)
        {
            result.AddError(exception.Message);
        }
    });

    /// <param name="command">The command.</param>
    /// <param name="needsProof">Whether it acts, so that somebody must know; a plan can be made before.</param>
    public void AddTo(Command command, bool needsProof)
    {
        command.Options.Add(_confirmedBy);
        command.Options.Add(_reason);
        _fence.AddTo(command);
        _blastRadius.AddTo(command);
        command.Options.Add(_stripFinalizers);
        command.Options.Add(_startWhatStaysDown);
        command.Options.Add(_first);
        command.Validators.Add(result => Check(result, needsProof));
    }

    /// <summary>The recovery that a command line asks for.</summary>
    public NodeMaintenance Compose(NodeMaintenance node, ParseResult parsed)
    {
        var recovery = new RecoveryOptions
        {
            BlastRadius = _blastRadius.Read(parsed),
            StripFinalizers = parsed.GetValue(_stripFinalizers),
            StartWhatStaysDown = parsed.GetValue(_startWhatStaysDown),
            First = parsed.GetValue(_first)!,
        };
        var person = parsed.GetValue(_confirmedBy) is { } who ? Evidence.OperatorConfirms(who, parsed.GetRequiredValue(_reason)!) : null;
        return _fence.Read(parsed.CommandResult) is { } device
            ? node.FenceAndRecover(device, options => _fence.Change(options, parsed) with { AlsoConfirmedBy = person, Recovery = recovery })
            : Procedures.Recover(node, person ?? new NobodyYet(), recovery);
    }

    private void Check(CommandResult result, bool needsProof)
    {
        var (who, why) = (result.GetResult(_confirmedBy) is not null, result.GetResult(_reason) is not null);
        if (who != why)
        {
            result.AddError(who ? "--confirmed-by needs --reason: how they know goes into the record." : "--reason needs --confirmed-by: who says so goes into the record.");
        }
        else if (needsProof && !who && result.GetResult(_fence.Agent) is null)
        {
            result.AddError(
                "Somebody or something must know that the node is off, or its machines may run twice. Give --confirmed-by WHO and --reason WHY, or let --fence-agent PROGRAM switch it off.");
        }
    }

    private static Option<string?> Words(string name, string helpName, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = helpName };
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
