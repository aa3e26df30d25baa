namespace VmNodeOps.Tool;

/// <summary>Ends the command with a sentence on stderr and an exit code.</summary>
internal sealed class ToolException(ExitCode exitCode, string message) : ScriptException(exitCode, message);
