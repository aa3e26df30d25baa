using System.Globalization;
using Microsoft.Extensions.Logging;

namespace VmNodeOps.Tool.Terminal;

/// <summary>The library's log, a line each, among the talk: for -v and -vv.</summary>
/// <param name="talk">Takes it.</param>
/// <param name="least">What is worth a line.</param>
/// <param name="time">Dates it.</param>
internal sealed class TalkLog<T>(TextWriter talk, LogLevel least, TimeProvider time) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Say(logLevel, $"{formatter(state, exception)}{(exception is null ? "" : $" ({exception.Message})")}");
        }
    }

    /// <summary>A line of the tool's own.</summary>
    public void Say(LogLevel level, string message) =>
        talk.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():HH:mm:ss.fff}Z {WordFor(level)} {Printable.Line(message)}"));

    private static string WordFor(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        _ => "error",
    };
}
