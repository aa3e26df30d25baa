namespace VmNodeOps.Scripting;

/// <summary>Ends a script or a command with a sentence on stderr and an exit code, and without a stack trace.</summary>
public class ScriptException : Exception
{
    /// <summary>Makes one that ends with <see cref="ExitCode.Failed"/>.</summary>
    public ScriptException()
        : this(ExitCode.Failed, "The script failed.")
    {
    }

    /// <summary>Makes one that ends with <see cref="ExitCode.Failed"/>.</summary>
    public ScriptException(string message)
        : this(ExitCode.Failed, message)
    {
    }

    /// <summary>Makes one that ends with <see cref="ExitCode.Failed"/>.</summary>
    public ScriptException(string message, Exception innerException)
        : base(message, innerException) => ExitCode = ExitCode.Failed;

    /// <summary>Makes one.</summary>
    /// <param name="exitCode">What the process returns.</param>
    /// <param name="message">What is said on stderr.</param>
    public ScriptException(ExitCode exitCode, string message)
        : base(message) => ExitCode = exitCode;

    /// <summary>What the process returns.</summary>
    public ExitCode ExitCode { get; }
}
