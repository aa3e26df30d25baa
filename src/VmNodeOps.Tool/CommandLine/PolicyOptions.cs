using System.CommandLine;
using VmNodeOps.Cluster;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>The options of a drain that say what is done about each virtual machine.</summary>
internal sealed class PolicyOptions
{
    private static readonly Dictionary<string, VirtualMachineTreatment> KnownTreatments = Words<VirtualMachineTreatment>();

    /// <summary>Those that leave something to decide.</summary>
    private static readonly Dictionary<string, VirtualMachineFate> KnownFates =
        Words<VirtualMachineFate>(fate => fate is not (VirtualMachineFate.AlreadyEnding or VirtualMachineFate.Unaffected));

    public Option<string[]> OnFate { get; } = Rule(
        "--on-fate", "FATE=TREATMENT", $"What is done about virtual machines of a fate. Fates: {string.Join(", ", KnownFates.Keys)}. Treatments: {string.Join(", ", KnownTreatments.Keys)}.");

    public Option<string[]> OnVirtualMachine { get; } = Rule(
        "--on-vm", "NAMESPACE/NAME=TREATMENT", "What is done about one virtual machine, whatever would become of it.");

    public Option<string[]> OnLabels { get; } = Rule(
        "--on-labels", "SELECTOR=TREATMENT", "What is done about the virtual machines with these labels: 'tier in (db,cache)=skip'.");

    public Option<bool> ProceedWithoutFittingNode { get; } = new("--proceed-without-fitting-node")
    {
        Description = "Begins although a virtual machine that is to be shut down fits on no other Ready node.",
    };

    public PolicyOptions()
    {
        Check(OnFate, text => KnownFates.ContainsKey(Left(text)), $"none of {string.Join(", ", KnownFates.Keys)}");
        Check(OnVirtualMachine, text => Left(text).Split('/') is [var ns, var name] && ObjectName.IsValid(ns) && ObjectName.IsValid(name), "not NAMESPACE/NAME");
        Check(OnLabels, IsSelector, "no label selector");
    }

    public void AddTo(Command command)
    {
        command.Options.Add(OnFate);
        command.Options.Add(OnVirtualMachine);
        command.Options.Add(OnLabels);
        command.Options.Add(ProceedWithoutFittingNode);
    }

    /// <summary>The drain that a command line asks for, as a change of another one.</summary>
    public DrainOptions Apply(ParseResult parsed, DrainOptions drain) => drain with
    {
        Policy = Read(parsed),
        Preflight = drain.Preflight with { ProceedWithoutFittingNode = parsed.GetValue(ProceedWithoutFittingNode) },
    };

    /// <summary>The policy that a command line asks for: a machine's own word before that of its labels, and both before that of its fate.</summary>
    private VirtualMachinePolicy Read(ParseResult parsed)
    {
        var policy = (parsed.GetValue(OnFate) ?? []).Aggregate(
            new VirtualMachinePolicy(), static (policy, text) => policy.With(KnownFates[Left(text)], TreatmentOf(text)));
        var byName = (parsed.GetValue(OnVirtualMachine) ?? []).Select(static text =>
        {
            var name = Left(text).Split('/');
            return new VirtualMachineRule { Namespace = name[0], Name = name[1], Treatment = TreatmentOf(text) };
        });
        var byLabels = (parsed.GetValue(OnLabels) ?? []).Select(static text => new VirtualMachineRule { Labels = Left(text), Treatment = TreatmentOf(text) });
        return policy with { Rules = [.. byName, .. byLabels] };
    }

    private static Option<string[]> Rule(string name, string form, string description) => new(name)
    {
        Description = $"{description} May be given several times.",
        HelpName = form,
        AllowMultipleArgumentsPerToken = false,
    };

    private static void Check(Option<string[]> option, Func<string, bool> isKnown, string objection) => option.Validators.Add(result =>
    {
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            if (!text.Contains('=', StringComparison.Ordinal) || !KnownTreatments.ContainsKey(Right(text)))
            {
                result.AddError($"'{text}' for {option.Name}: write {option.HelpName}, with one of {string.Join(", ", KnownTreatments.Keys)} behind the last '='.");
            }
            else if (!isKnown(text))
            {
                result.AddError($"'{Left(text)}' in '{text}' for {option.Name} is {objection}.");
            }
        }
    });

    private static bool IsSelector(string text)
    {
        try
        {
            _ = new VirtualMachineRule { Labels = Left(text), Treatment = VirtualMachineTreatment.Skip };
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static VirtualMachineTreatment TreatmentOf(string text) => KnownTreatments[Right(text)];

    private static string Left(string text) => text[..text.LastIndexOf('=')].Trim();

    private static string Right(string text) => text[(text.LastIndexOf('=') + 1)..].Trim();

    /// <summary>CamelCase as words with hyphens.</summary>
    private static Dictionary<string, T> Words<T>(Func<T, bool>? counts = null)
        where T : struct, Enum =>
        Enum.GetValues<T>().Where(value => counts?.Invoke(value) ?? true).ToDictionary(
            value => string.Concat(value.ToString().Select((letter, index) => char.IsUpper(letter) ? $"{(index > 0 ? "-" : "")}{char.ToLowerInvariant(letter)}" : $"{letter}")),
            value => value);
}
