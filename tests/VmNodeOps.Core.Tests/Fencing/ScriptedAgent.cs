namespace VmNodeOps.Tests.Fencing;

/// <summary>A fence agent of a few lines of shell, which keeps what it was given.</summary>
internal sealed class ScriptedAgent : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vmnodeops-fence-").FullName;

    /// <param name="body">Shell; <c>$action</c> is the action, <c>$input</c> all of standard input.</param>
    public ScriptedAgent(string body)
    {
        Program = Path.Combine(_folder, "fence_scripted");
        File.WriteAllText(Program, $"""
            #!/bin/sh
            input=$(cat)
            action=$(printf '%s\n' "$input" | sed -n 's/^action=//p')
            printf '%s' "$*" > '{_folder}/argv'
            printf '%s\n' "$input" > '{_folder}/stdin'
            env > '{_folder}/env'
            printf '%s\n' "$action" >> '{_folder}/calls'
            {body.ReplaceLineEndings("\n")}
            """.ReplaceLineEndings("\n") + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public string Program { get; }

    public string Arguments => Read("argv");

    public string Input => Read("stdin");

    public string Environment => Read("env");

    public string[] Calls => Read("calls").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public FenceAgentOptions Options => new() { Program = Program, Retries = 0, RetryDelay = TimeSpan.Zero };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Read(string file) => File.Exists(Path.Combine(_folder, file)) ? File.ReadAllText(Path.Combine(_folder, file)) : "";
}
