using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>The options of a drain, named as kubectl names them where kubectl has them; docs/kubectl-drain.md sets each beside kubectl's.</summary>
internal sealed class DrainFlags
{
    private readonly Option<string?> _podSelector = new("--pod-selector")
    {
        Description = "Which pods leave, as a label selector; '' for all. Without it: kubevirt.io=virt-launcher, the virtual machines.",
        HelpName = "SELECTOR",
    };

    private readonly Option<bool> _allPods = new("--all-pods") { Description = "Every pod leaves, not only virtual machines." };
    private readonly Option<bool> _ignoreDaemonSets = new("--ignore-daemonsets") { Description = "Leaves pods of DaemonSets where they are. Without it such a pod refuses the drain." };

    private readonly Option<bool> _deleteEmptyDirData = new("--delete-emptydir-data", "--delete-local-data")
    {
        Description = "Gives up the content of emptyDir volumes. Without it a pod that has one refuses the drain; virtual machines are not concerned.",
    };

    private readonly Option<bool> _force = new("--force") { Description = "Loses pods that no controller makes again. Without it such a pod refuses the drain." };
    private readonly Option<TimeSpan?> _gracePeriod = Time("--grace-period", "The time that each pod is given to stop, in seconds or as 30s, 5m; -1: its own.", allowsNone: true);
    private readonly Option<bool> _disableEviction = new("--disable-eviction") { Description = "Deletes pods instead of evicting them, past disruption budgets." };

    private readonly Option<bool> _deleteVirtualMachines = new("--delete-virtual-machines")
    {
        Description = "Consents to shutting down virtual machines that KubeVirt would have moved, where --disable-eviction or --delete-after deletes their pods.",
    };

    private readonly Option<TimeSpan?> _skip = Time("--skip-wait-for-delete-timeout", "Does not wait for pods whose time to stop was over for longer than this; 0: waits for all.", allowsNone: true);
    private readonly Option<TimeSpan?> _stuckAfter = Time("--stuck-after", "After how long without progress of a pod its cause is named. Without it: 2m.");
    private readonly Option<TimeSpan?> _deleteAfter = Time("--delete-after", "After how long without progress a pod is deleted instead of evicted. Without it: never.");
    private readonly Option<TimeSpan?> _forceDeleteAfter = Time(
        "--force-delete-after", "After how long without progress a pod that is being deleted is removed by force: only if --fence-agent says that the node's machine is off, never while it is Ready. Without it: never.");

    private readonly FenceAgentArguments _fence = new(onlyAsks: true);
    private readonly Option<TimeSpan?> _emptyFor = Time("--empty-for", "For how long the node must stay empty in the end.");
    private readonly Option<bool> _waitUntilNotReady = new("--wait-until-not-ready") { Description = "Ends only when somebody has shut the node down." };

    private readonly Option<bool> _rehearse = new("--rehearse")
    {
        Description = "Asks the server about each pod with an eviction that is only tried, and shows its answers in the plan. With --dry-run: kubectl's --dry-run=server.",
    };

    public DrainFlags()
    {
        Check(_podSelector, static text => new DrainOptions { PodSelector = text }.Check());
        Check(_gracePeriod, static text => _ = TryParse(text, out var grace) && grace == TimeSpan.Zero
            ? throw new ArgumentException("A grace period of zero removes pods while their guests may still run, and KubeVirt would start second ones. The shortest is 1; for a node that is down: vmnodeops recover.")
            : true);
    }

    public void AddTo(Command command)
    {
        Option[] all =
        [
            _podSelector, _allPods, _ignoreDaemonSets, _deleteEmptyDirData, _force, _gracePeriod, _disableEviction, _deleteVirtualMachines, _skip, _stuckAfter, _deleteAfter,
            _forceDeleteAfter, _emptyFor, _waitUntilNotReady, _rehearse,
        ];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }

        _fence.AddTo(command);
        command.Validators.Add(result =>
        {
            var (force, agent) = (result.GetResult(_forceDeleteAfter) is not null, result.GetResult(_fence.Agent) is not null);
            if (force != agent)
            {
                result.AddError(force
                    ? "--force-delete-after needs --fence-agent: nothing is removed by force unless something proves that the node is down."
                    : "--fence-agent of a drain is asked before pods are removed by force; --force-delete-after says when that may be.");
            }
        });
    }

    /// <summary>Whether pods may be removed by force on the word of a device, which knows of one machine.</summary>
    public bool Forces(CommandResult result) => result.GetResult(_forceDeleteAfter) is not null;

    public DrainOptions Read(ParseResult parsed, DrainOptions options) => options with
    {
        PodSelector = parsed.GetValue(_allPods) ? DrainOptions.AllPods : parsed.GetValue(_podSelector) ?? options.PodSelector,
        IgnoreDaemonSets = parsed.GetValue(_ignoreDaemonSets),
        DeleteEmptyDirData = parsed.GetValue(_deleteEmptyDirData),
        Force = parsed.GetValue(_force),
        GracePeriod = parsed.GetValue(_gracePeriod),
        DisableEviction = parsed.GetValue(_disableEviction),
        DeleteVirtualMachines = parsed.GetValue(_deleteVirtualMachines),
        SkipIfDeletingFor = parsed.GetValue(_skip) is { } skip && skip > TimeSpan.Zero ? skip : null,
        StuckAfter = parsed.GetValue(_stuckAfter) ?? options.StuckAfter,
        Escalation = options.Escalation with
        {
            DeleteAfter = parsed.GetValue(_deleteAfter),
            ForceDeleteAfter = parsed.GetValue(_forceDeleteAfter),
            Evidence = _fence.Read(parsed.CommandResult) is { } device ? Evidence.PowerIsOff(device) : null,
        },
        EmptyFor = parsed.GetValue(_emptyFor) ?? options.EmptyFor,
        Rehearse = parsed.GetValue(_rehearse),
    };

    /// <summary>Whether the run ends only when the node has been shut down.</summary>
    public bool WaitsUntilNotReady(ParseResult parsed) => parsed.GetValue(_waitUntilNotReady);

    private static Option<TimeSpan?> Time(string name, string description, bool allowsNone = false) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result => Parse(result, name, allowsNone),
    };

    /// <summary>kubectl's -1 (its own), and its 0 where that means none, are none.</summary>
    private static TimeSpan? Parse(ArgumentResult result, string name, bool allowsNone)
    {
        var text = result.Tokens.Single().Value;
        if (allowsNone && text.StartsWith('-') && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            return null;
        }

        if (TryParse(text, out var time) && (allowsNone || time > TimeSpan.Zero))
        {
            return time;
        }

        result.AddError($"'{text}' is not a time for {name}: write 30, 30s, 5m or 1h30m.");
        return null;
    }

    private static bool TryParse(string text, out TimeSpan time)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            time = TimeSpan.FromSeconds(seconds);
            return true;
        }

        return Durations.TryParse(text, out time);
    }

    private static void Check(Option option, Action<string> check) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
        {
            try
            {
                check(token.Value);
            }
            catch (ArgumentException exception)
            {
                result.AddError($"{option.Name}: {exception.Message}");
            }
        }
    });
}
