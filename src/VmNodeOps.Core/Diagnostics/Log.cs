using Microsoft.Extensions.Logging;

namespace VmNodeOps;

/// <summary>The log messages of a run. Texts that may hold what somebody wrote into the cluster enter here, and are made fit for a terminal.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Node {Node}: {Event}")]
    private static partial void RunEvent(ILogger logger, string node, string @event);

    [LoggerMessage(2, LogLevel.Warning, "Node {Node}: an observer of the run threw and is told nothing more")]
    public static partial void ObserverFailed(ILogger logger, string node, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "Node {Node}: an observer of the run was not done {Patience} after its end")]
    public static partial void ObserverTooSlow(ILogger logger, string node, TimeSpan patience);

    [LoggerMessage(4, LogLevel.Debug, "Node {Node}: the watch on the node is interrupted: {Reason}")]
    private static partial void NodeWatchInterrupted(ILogger logger, string node, string reason);

    [LoggerMessage(5, LogLevel.Debug, "The watch on {Kind} objects is interrupted: {Reason}")]
    private static partial void WatchInterrupted(ILogger logger, string kind, string reason);

    [LoggerMessage(6, LogLevel.Debug, "{Method} {Target}: {Status} after {Milliseconds} ms")]
    private static partial void RequestAnswered(ILogger logger, string method, string target, int status, long milliseconds);

    [LoggerMessage(7, LogLevel.Debug, "{Method} {Target}: no answer after {Milliseconds} ms: {Reason}")]
    private static partial void RequestUnanswered(ILogger logger, string method, string target, long milliseconds, string reason);

    public static void RunEnded(ILogger logger, string node, string summary) => RunEvent(logger, Printable.Line(node), Printable.Line(summary));

    public static void NodeWatchBroke(ILogger logger, string node, string? reason) => NodeWatchInterrupted(logger, Printable.Line(node), Printable.Line(reason ?? ""));

    public static void WatchBroke(ILogger logger, string kind, string? reason) => WatchInterrupted(logger, kind, Printable.Line(reason ?? ""));

    public static void Answered(ILogger logger, string method, string target, int status, TimeSpan after) =>
        RequestAnswered(logger, method, Printable.Line(target), status, (long)after.TotalMilliseconds);

    public static void Unanswered(ILogger logger, string method, string target, string reason, TimeSpan after) =>
        RequestUnanswered(logger, method, Printable.Line(target), (long)after.TotalMilliseconds, Printable.Line(reason));
}
