using System.ComponentModel;
using System.Globalization;

namespace VmNodeOps;

/// <summary>A fence agent of ClusterLabs (Debian package <c>fence-agents</c>) as a device: any <c>fence_*</c> program, by its protocol on standard input.</summary>
/// <remarks>
/// <para>Parameters and secrets go to the agent's standard input, so neither the command line nor the environment shows them; they are taken out of whatever the agent says before it is used.</para>
/// <para>A state counts only if exit code and words agree. A parameter that the agent passes over as unknown is refused: it may have named the machine. Processes live by the machine's clock,
/// whatever clock the cluster is watched by.</para>
/// </remarks>
public sealed class FenceAgent : IFenceDevice
{
    private readonly FenceAgentOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Makes a device of an agent. Nothing is started yet, and no secret is read.</summary>
    /// <param name="options">Which agent, and how it reaches the device.</param>
    /// <param name="timeProvider">The clock for time-outs and retries; null: the system's.</param>
    /// <exception cref="ArgumentException">The options make no sense; the message shows no values.</exception>
    public FenceAgent(FenceAgentOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var objection = FenceAgentProgram.FindObjection(options.Program) ?? FenceAgentInput.FindObjection(options) ?? FindObjection(options);
        if (objection is not null)
        {
            throw new ArgumentException(objection, nameof(options));
        }

        _options = options;
        _time = timeProvider ?? TimeProvider.System;
        Description = Describe(options);
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>The device, without secrets.</summary>
    public override string ToString() => Description;

    /// <inheritdoc/>
    public async Task<PowerAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        var (run, trouble) = await CallAsync("status", static run => FenceAgentVerdict.StateOf(run) != PowerState.Unknown, cancellationToken).ConfigureAwait(false);
        return trouble is null ? PowerAnswer.Of(FenceAgentVerdict.StateOf(run!)) : PowerAnswer.Failed(trouble.Kind, trouble.Message);
    }

    /// <inheritdoc/>
    public async Task<PowerAnswer> SwitchAsync(PowerAction action, CancellationToken cancellationToken)
    {
        var (word, state) = action switch
        {
            PowerAction.Off => ("off", PowerState.Off),
            PowerAction.On => ("on", PowerState.On),
            PowerAction.Reboot => ("reboot", PowerState.On),
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "There is no such action."),
        };
        var (_, trouble) = await CallAsync(word, static run => run.ExitCode == 0, cancellationToken).ConfigureAwait(false);
        return trouble is null ? PowerAnswer.Of(state) : PowerAnswer.Failed(trouble.Kind, trouble.Message);
    }

    private static string? FindObjection(FenceAgentOptions options) => options switch
    {
        { Timeout.Ticks: <= 0 } => $"The Timeout of {options.Program} is {options.Timeout}; it must be longer than nothing.",
        { Retries: < 0 } => $"The Retries of {options.Program} are {options.Retries.ToString(CultureInfo.InvariantCulture)}; there can be none, but no fewer.",
        { RetryDelay.Ticks: < 0 } => $"The RetryDelay of {options.Program} is {options.RetryDelay}; it cannot be negative.",
        _ => null,
    };

    private static string Describe(FenceAgentOptions options)
    {
        var name = Path.GetFileName(options.Program);
        var address = Value("ip", "ipaddr");
        var port = Value("ipport");
        var where = address is null ? "" : $" at {address}{(port is null ? "" : $":{port}")}";
        return $"{name}{where}{(Value("plug", "port", "systems_uri", "systems-uri") is { } plug ? $", {plug}" : "")}";

        string? Value(params string[] names) => names.Select(parameter => options.Parameters.GetValueOrDefault(parameter)).FirstOrDefault(value => !string.IsNullOrEmpty(value)) is { } found
            ? string.Concat(found.Select(character => char.IsControl(character) ? '\uFFFD' : character))
            : null;
    }

    private async Task<(FenceAgentRun? Run, FenceTrouble? Trouble)> CallAsync(string action, Func<FenceAgentRun, bool> isGood, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (run, trouble) = await CallOnceAsync(action, isGood, cancellationToken).ConfigureAwait(false);
            if (trouble is null || !trouble.MayPass || attempt >= _options.Retries)
            {
                return (run, trouble is null || attempt == 0 ? trouble : trouble with { Message = $"{trouble.Message} Tried {(attempt + 1).ToString(CultureInfo.InvariantCulture)} times." });
            }

            await Task.Delay(_options.RetryDelay, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(FenceAgentRun? Run, FenceTrouble? Trouble)> CallOnceAsync(string action, Func<FenceAgentRun, bool> isGood, CancellationToken cancellationToken)
    {
        if (FenceAgentProgram.Find(_options.Program) is not { } program)
        {
            return (null, Missing("there is no such program on this machine"));
        }

        Dictionary<string, string> secrets;
        try
        {
            secrets = _options.Secrets.ToDictionary(secret => secret.Key, secret => secret.Value.Read());
        }
        catch (IOException exception)
        {
            return (null, new FenceTrouble { Kind = FenceTroubleKind.Misconfigured, Message = $"{Description}: {exception.Message}" });
        }

        var scrubbing = new FenceScrubbing(secrets.Values, _options.Parameters.GetValueOrDefault("username") ?? _options.Parameters.GetValueOrDefault("login"));
        try
        {
            var call = new FenceAgentCall(program, _options.Timeout, _time);
            var hidden = _options.Secrets.Values.Select(secret => secret.EnvironmentVariable).OfType<string>();
            var run = scrubbing.Clean(await call.RunAsync(FenceAgentInput.Write(_options, action, secrets), hidden, cancellationToken).ConfigureAwait(false));
            return (run, FenceAgentVerdict.Ignored(run, Description) ?? (isGood(run) ? null : FenceAgentVerdict.Explain(run, action, Description)));
        }
        catch (Win32Exception)
        {
            return (null, Missing("this user may not run it, or its interpreter is missing"));
        }
    }

    private FenceTrouble Missing(string why) => new()
    {
        Kind = FenceTroubleKind.AgentMissing,
        Message = $"The fence agent {_options.Program} cannot be run: {why}. Install it (Debian and Ubuntu: fence-agents, others: fence-agents-all), or give the absolute path of the program.",
    };
}
