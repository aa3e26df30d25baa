using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>The help of the tool as a whole ends with what its exit codes mean; that of a command is about the command.</summary>
internal sealed class HelpWithExitCodes(HelpAction usual) : SynchronousCommandLineAction
{
    private const string ExitCodes = """
        Exit codes:
          0    done
          1    failed: a step was tried and did not work, or the server is dead
          2    usage: unknown word, missing option, unknown node or context
          3    blocked or refused: something stands against it that repeating does not lift
          4    timed out
          5    not permitted: the server does not know you, or you lack a right
          6    another actor holds the node
          7    done in part
          130  cancelled

        """;

    public override int Invoke(ParseResult parseResult)
    {
        var result = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is RootCommand)
        {
            parseResult.InvocationConfiguration.Output.Write(ExitCodes);
        }

        return result;
    }
}
