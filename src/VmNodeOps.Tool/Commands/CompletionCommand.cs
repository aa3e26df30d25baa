using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Completion;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops completion SHELL</c>: a script with which a shell completes commands, options and the names of nodes.</summary>
internal sealed class CompletionCommand : Command
{
    public CompletionCommand(ToolServices services)
        : base("completion", "Writes a script with which your shell completes commands, options and the names of nodes: source <(vmnodeops completion bash).")
    {
        var shell = new Argument<string>("SHELL") { Description = $"One of {string.Join(", ", ShellScripts.Shells)}." };
        shell.CompletionSources.Add([.. ShellScripts.Shells]);
        shell.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && ShellScripts.Find(token.Value) is null)
            {
                result.AddError($"'{token.Value}' is no shell that is known here: write {string.Join(", ", ShellScripts.Shells)}.");
            }
        });
        Arguments.Add(shell);
        SetAction(parsed =>
        {
            services.Console.Out.Write(ShellScripts.Find(parsed.GetRequiredValue(shell)));
            return (int)ExitCode.Done;
        });
    }
}

/// <summary><c>vmnodeops complete LINE</c>: what these scripts ask. One suggestion a line.</summary>
internal sealed class CompleteCommand : Command
{
    public CompleteCommand(ToolServices services, RootCommand root)
        : base("complete", "Says what may stand at the end of a command line.")
    {
        Hidden = true;
        var line = new Argument<string>("LINE");
        Arguments.Add(line);
        SetAction(parsed =>
        {
            foreach (var suggestion in Suggestions.For(root, parsed.GetRequiredValue(line)))
            {
                services.Console.Out.WriteLine(suggestion);
            }

            return (int)ExitCode.Done;
        });
    }
}
