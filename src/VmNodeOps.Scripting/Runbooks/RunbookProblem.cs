using System.Globalization;

namespace VmNodeOps.Scripting;

/// <summary>Something wrong with a runbook, and where.</summary>
/// <param name="File">The file, as it was named.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="Message">What is wrong, what was expected, and the nearest right name.</param>
public sealed record RunbookProblem(string File, int Line, int Column, string Message)
{
    /// <summary><c>file:line:column: message</c>, as editors and compilers have it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Message}");
}

/// <summary>A runbook that cannot be meant as it stands; ends with <see cref="ExitCode.Usage"/>. Nothing was run.</summary>
public sealed class RunbookException : ScriptException
{
    /// <summary>Makes one without problems.</summary>
    public RunbookException()
        : this([])
    {
    }

    /// <summary>Makes one without problems.</summary>
    public RunbookException(string message)
        : base(ExitCode.Usage, message)
    {
    }

    /// <summary>Makes one without problems.</summary>
    public RunbookException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal RunbookException(IReadOnlyList<RunbookProblem> problems)
        : base(ExitCode.Usage, string.Join("\n", problems)) => Problems = problems;

    /// <summary>Everything that is wrong, in the order of the file.</summary>
    public IReadOnlyList<RunbookProblem> Problems { get; } = [];
}
