using Microsoft.Extensions.Logging;

namespace VmNodeOps;

/// <summary>The log messages of a run.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Node {Node}: {Event}")]
    public static partial void RunEvent(ILogger logger, string node, string @event);

    [LoggerMessage(2, LogLevel.Warning, "Node {Node}: an observer of the run threw and is told nothing more")]
    public static partial void ObserverFailed(ILogger logger, string node, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "Node {Node}: an observer of the run was not done {Patience} after its end")]
    public static partial void ObserverTooSlow(ILogger logger, string node, TimeSpan patience);

    [LoggerMessage(4, LogLevel.Debug, "Node {Node}: the watch on the node is interrupted: {Reason}")]
    public static partial void NodeWatchInterrupted(ILogger logger, string node, string reason);

    [LoggerMessage(5, LogLevel.Debug, "The watch on {Kind} objects is interrupted: {Reason}")]
    public static partial void WatchInterrupted(ILogger logger, string kind, string reason);
}
