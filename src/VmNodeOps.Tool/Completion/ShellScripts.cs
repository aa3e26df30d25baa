namespace VmNodeOps.Tool.Completion;

/// <summary>What makes a shell ask <c>vmnodeops complete</c> when somebody presses Tab. Where the tool knows nothing the shell offers files.</summary>
internal static class ShellScripts
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # Completion of vmnodeops for bash: source <(vmnodeops completion bash)
            _vmnodeops() {
                local IFS=$'\n' program=${COMP_WORDS[0]/#\~/$HOME}
                COMPREPLY=($("$program" complete -- "${COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null))
            }
            complete -o default -F _vmnodeops vmnodeops

            """,
        ["zsh"] = """
            #compdef vmnodeops
            # Completion of vmnodeops for zsh: source <(vmnodeops completion zsh)
            _vmnodeops() {
                local -a words_to_offer
                words_to_offer=("${(@f)$(${~words[1]} complete -- "${BUFFER[1,CURSOR]}" 2>/dev/null </dev/null)}")
                if [[ -n ${words_to_offer[1]} ]]; then compadd -- "${words_to_offer[@]}"; else _files; fi
            }
            compdef _vmnodeops vmnodeops

            """,
        ["fish"] = """
            # Completion of vmnodeops for fish: vmnodeops completion fish | source
            function __vmnodeops
                set -l words (vmnodeops complete -- (commandline -cp) 2>/dev/null </dev/null)
                if test (count $words) -gt 0; string join \n -- $words; else; __fish_complete_path (commandline -ct); end
            end
            complete -c vmnodeops -f -a '(__vmnodeops)'

            """,
        ["pwsh"] = """
            # Completion of vmnodeops for PowerShell: vmnodeops completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName vmnodeops -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                $line = $commandAst.ToString().PadRight($cursorPosition).Substring(0, $cursorPosition)
                vmnodeops complete -- "$line" 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }

            """,
    };

    public static IEnumerable<string> Shells => Scripts.Keys;

    public static string? Find(string shell) => Scripts.GetValueOrDefault(shell);
}
