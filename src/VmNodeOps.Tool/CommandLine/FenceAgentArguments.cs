using System.CommandLine;
using System.CommandLine.Parsing;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>The options that say which fence agent switches a machine. Secrets come from files and environment variables, never from the command line, which everybody on the machine can read.</summary>
/// <param name="onlyAsks">Whether the agent is only asked whether the machine is off, and switches nothing.</param>
internal sealed class FenceAgentArguments(bool onlyAsks = false)
{
    private readonly Option<string?> _agent = new("--fence-agent")
    {
        Description = onlyAsks
            ? "Who is asked whether the machine of a node that has fallen silent is off: a fence agent of ClusterLabs, fence_redfish, fence_ipmilan, or an absolute path. It switches nothing."
            : "Switches the node's machine off by this fence agent of ClusterLabs, has it confirmed, and rests on that: fence_redfish, fence_ipmilan, or an absolute path.",
        HelpName = "PROGRAM",
    };

    private readonly Option<string[]> _parameters = Pairs("--fence-option", "NAME=VALUE", "A parameter of the fence agent, as ip=10.0.0.7.");
    private readonly Option<string[]> _files = Pairs("--fence-secret-file", "NAME=FILE", "A secret of the fence agent, from the first line of a file: password=/run/secrets/bmc.");
    private readonly Option<string[]> _variables = Pairs("--fence-secret-env", "NAME=VARIABLE", "A secret of the fence agent, from an environment variable: password=BMC_PASSWORD.");

    private readonly Option<bool> _evenIfNodeLives = new("--fence-even-if-node-lives")
    {
        Description = "Switches the machine off although the node is Ready, or says itself that it is not. The guests on it die.",
    };

    private readonly Option<bool> _powerOn = new("--power-on") { Description = "Switches the machine on at the end and returns the node to service." };

    public Option<string?> Agent => _agent;

    public void AddTo(Command command)
    {
        Option[] all = onlyAsks ? [_agent, _parameters, _files, _variables] : [_agent, _parameters, _files, _variables, _evenIfNodeLives, _powerOn];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(Check);
    }

    /// <summary>The device; null if no fence agent is named.</summary>
    /// <exception cref="ArgumentException">The options cannot be given to an agent.</exception>
    public FenceAgent? Read(CommandResult result) => result.GetValue(_agent) is { } program
        ? new FenceAgent(new FenceAgentOptions
        {
            Program = program,
            Parameters = Read(result, _parameters, static value => value),
            Secrets = Read(result, _files, FenceSecret.FromFile).UnionBy(Read(result, _variables, FenceSecret.FromEnvironment), static secret => secret.Key).ToDictionary(),
        })
        : null;

    public FenceAndRecoverOptions Change(FenceAndRecoverOptions options, ParseResult parsed) => options with
    {
        Fence = options.Fence with { EvenIfNodeLives = parsed.GetValue(_evenIfNodeLives) },
        PowerOnAfterwards = parsed.GetValue(_powerOn),
    };

    private void Check(CommandResult result)
    {
        if (result.GetValue(_agent) is null)
        {
            foreach (var option in new Option[] { _parameters, _files, _variables, _evenIfNodeLives, _powerOn }.Where(option => result.GetResult(option) is { Implicit: false }))
            {
                result.AddError($"{option.Name} says something about a fence agent; name it with --fence-agent.");
            }

            return;
        }

        if (Read(result, _files, static value => value).Keys.Intersect(Read(result, _variables, static value => value).Keys).FirstOrDefault() is { } twice)
        {
            result.AddError($"The secret '{twice}' is given twice, by --fence-secret-file and by --fence-secret-env.");
        }

        try
        {
            Read(result);
        }
        catch (ArgumentException exception)
        {
            // Without the name of the parameter of ours behind it.
            var end = exception.Message.IndexOf(" (Parameter ", StringComparison.Ordinal);
            result.AddError(end < 0 ? exception.Message : exception.Message[..end]);
        }
    }

    private static Dictionary<string, T> Read<T>(CommandResult result, Option<string[]> option, Func<string, T> make) => (result.GetValue(option) ?? [])
        .Where(static text => text.IndexOf('=', StringComparison.Ordinal) > 0)
        .DistinctBy(NameOf)
        .ToDictionary(NameOf, text => make(text[(NameOf(text).Length + 1)..]));

    private static string NameOf(string text) => text[..text.IndexOf('=', StringComparison.Ordinal)];

    /// <summary>What is wrong is not shown: it may be a secret in the wrong place.</summary>
    private static Option<string[]> Pairs(string name, string form, string description)
    {
        var option = new Option<string[]>(name) { Description = $"{description} May be given several times.", HelpName = form, AllowMultipleArgumentsPerToken = false };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
            {
                result.AddError($"{name} is written {form}.");
            }
            else if (result.Tokens.GroupBy(token => NameOf(token.Value)).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                result.AddError($"{name} gives '{twice.Key}' twice.");
            }
        });
        return option;
    }
}
