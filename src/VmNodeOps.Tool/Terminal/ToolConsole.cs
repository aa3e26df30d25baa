using Spectre.Console;

namespace VmNodeOps.Tool.Terminal;

/// <summary>What the tool says and to whom: data to <see cref="Out"/>, talk to <see cref="Error"/>.</summary>
internal sealed class ToolConsole
{
    private readonly TextReader _input;

    /// <param name="output">Takes data.</param>
    /// <param name="error">Takes talk.</param>
    /// <param name="input">Gives answers and orders.</param>
    public ToolConsole(TextWriter output, TextWriter error, TextReader input)
    {
        Out = new CleaningWriter(output);
        Error = new CleaningWriter(error);
        _input = input;
    }

    /// <summary>Data.</summary>
    public TextWriter Out { get; }

    /// <summary>Talk.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether somebody is there to be asked: input and talk are a terminal. Default false.</summary>
    public bool CanAsk { get; init; }

    /// <summary>The terminal that talk goes to, for live progress; null where it is none. What is written to it must be fit to be shown.</summary>
    public IAnsiConsole? Live { get; init; }

    /// <summary>Asks a question; only a yes is a yes.</summary>
    public async Task<bool> AskAsync(string question, CancellationToken cancellationToken)
    {
        Error.Write($"{question} [y/N] ");
        Error.Flush();
        var answer = await ReadLineAsync(cancellationToken);
        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    /// <summary>The next line of input; null at its end.</summary>
    /// <remarks>A terminal's read cannot be cancelled, so it is left behind: the process ends soon after.</remarks>
    public Task<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        Task.Run(_input.ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
}
