using System.Globalization;
using System.Text.RegularExpressions;

namespace VmNodeOps;

/// <summary>Reads what an agent said. Agents end with 0, 1 or 2 and say the rest in words, and what they say differs from one to the next.</summary>
internal static partial class FenceAgentVerdict
{
    private const int LongestQuote = 400;

    /// <summary>The power state of a status call: exit code and words must agree, because 2 is also how an interpreter ends that does not find its script.</summary>
    public static PowerState StateOf(FenceAgentRun run) => (run.ExitCode, StatusLine().Match(run.Output)) switch
    {
        (0, { Success: true } line) when line.Groups[1].Value == "ON" => PowerState.On,
        (2, { Success: true } line) when line.Groups[1].Value == "OFF" => PowerState.Off,
        _ => PowerState.Unknown,
    };

    /// <summary>What the agent complained of although it did as told: a parameter that it does not know may have named the machine.</summary>
    public static FenceTrouble? Ignored(FenceAgentRun run, string device) => IgnoredOption().Match(run.Error) is { Success: true } line
        ? new FenceTrouble
        {
            Kind = FenceTroubleKind.Misconfigured,
            Message = $"{device} does not know the parameter '{line.Groups[1].Value.Trim()}' and passed over it, so it may mean another machine than you do. Correct its name; `man {device.Split(' ')[0]}` lists them.",
        }
        : null;

    /// <summary>Why a call failed. The text is scrubbed already.</summary>
    public static FenceTrouble Explain(FenceAgentRun run, string action, string device)
    {
        var said = Quote(run.Error.Length > 0 ? run.Error : run.Output);
        var (kind, message) = run.Error switch
        {
            _ when run.TimedOut => (FenceTroubleKind.TimedOut, $"{device} did not answer to '{action}' in time and was stopped. The machine may be on."),
            var error when WaitingOff().IsMatch(error) => (
                FenceTroubleKind.StillOn, $"{device} was told '{action}', but the machine is still on{said}. Look at the device: it may need longer (power_timeout), or it ignores the command."),
            var error when Certificate().IsMatch(error) => (
                FenceTroubleKind.Unreachable,
                $"{device}: the device's certificate is not trusted{said}. Give this machine the authority that signed it; or, in a network that you trust, the parameter ssl_insecure=1."),
            var error when Slow().IsMatch(error) => (FenceTroubleKind.TimedOut, $"{device}: the device did not answer in time{said}. The machine may be on."),
            var error when Away().IsMatch(error) => (FenceTroubleKind.Unreachable, $"{device}: the device cannot be reached{said}. That is not off: the machine may run. Check address, port and network."),
            var error when Denied().IsMatch(error) => (FenceTroubleKind.AccessDenied, $"{device}: the device does not let us in{said}. Check user name, password and rights; it is not tried again, because devices lock accounts."),
            var error when NoPowerState().IsMatch(error) => (
                FenceTroubleKind.AccessDenied,
                $"{device}: the device answered, but not with what somebody who may do so is told{said}. As a rule user name or password are wrong, or lack the right; else systems_uri or redfish_uri. It is not tried again, because devices lock accounts."),
            var error when Wrong().IsMatch(error) => (FenceTroubleKind.Misconfigured, $"{device} is told something wrong or too little{said}. `man {device.Split(' ')[0]}` lists its parameters."),
            _ => (FenceTroubleKind.Failed, $"{device} failed at '{action}' with exit code {run.ExitCode?.ToString(CultureInfo.InvariantCulture)}{said}."),
        };
        return new FenceTrouble { Kind = kind, Message = message };
    }

    /// <summary>The last thing that an agent says is what ended it; before it there may be a stack of calls.</summary>
    private static string Quote(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.EndsWith("Please use '-h' for usage", StringComparison.Ordinal))
            .Select(line => Prefix().Replace(line, "")).ToList();
        if (lines.Count == 0)
        {
            return "";
        }

        var last = string.Concat(lines[^1].Select(character => char.IsControl(character) ? ' ' : character));
        return $" (it says: {(last.Length > LongestQuote ? last[..LongestQuote] + "…" : last).TrimEnd('.')})";
    }

    [GeneratedRegex(@"^Status:\s*(ON|OFF)\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex StatusLine();

    [GeneratedRegex(@"Ignoring unknown option '([^=']*)", RegexOptions.CultureInvariant)]
    private static partial Regex IgnoredOption();

    [GeneratedRegex(@"^\S+ \S+ (ERROR|WARNING|CRITICAL): ", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();

    [GeneratedRegex("waiting to power OFF", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WaitingOff();

    [GeneratedRegex("CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSL certificate problem", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Certificate();

    [GeneratedRegex("timed out|timeout", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Slow();

    [GeneratedRegex(
        "connection refused|no route to host|unreachable|name or service not known|temporary failure in name resolution|could not resolve|failed to establish|connection lost|connection reset"
        + "|connection aborted|remote end closed|unable to establish (IPMI|LAN)|couldn't connect|failed to connect",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Away();

    [GeneratedRegex(
        @"unable to connect/login|login (denied|failed)|invalid (user|password|credential)|permission denied|unauthori[sz]ed|\b401\b|\b403\b|correct privileges|RAKP 2 (message indicates|HMAC is invalid)"
        + "|password (invalid|verification)|authentication (fail|error)|insufficient privilege",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Denied();

    [GeneratedRegex("Unable to get PowerState|Couldn't get power information|KeyError: '(Members|Systems|PowerState|Actions)'|Expecting value: line", RegexOptions.CultureInvariant)]
    private static partial Regex NoPowerState();

    [GeneratedRegex("You have to (enter|set|use)|Unrecognised action|not a valid|valid choice|Parse error|plug is not available", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Wrong();
}
