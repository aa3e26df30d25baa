using Spectre.Console;

namespace VmNodeOps.Scripting;

/// <summary>What the process says and to whom: data to <see cref="Out"/>, talk to <see cref="Error"/>.</summary>
internal sealed class HostConsole
{
    private readonly TextReader _input;
    private readonly LossyWriter _output;

    /// <param name="output">Takes data.</param>
    /// <param name="error">Takes talk.</param>
    /// <param name="input">Gives answers and orders.</param>
    public HostConsole(TextWriter output, TextWriter error, TextReader input)
    {
        _output = output as LossyWriter ?? new LossyWriter(output);
        Out = new CleaningWriter(_output);
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

    /// <summary>Writes a line of data and lets it go at once: whoever is at the other end of a pipe reads along.</summary>
    public void WriteData(string line)
    {
        Out.WriteLine(line);
        Out.Flush();
    }

    /// <summary>Writes a plan as data.</summary>
    public void Write(MaintenancePlan plan, OutputForm form) => WriteDocument(plan.ToText, plan.ToJson, form);

    /// <summary>Writes a report as data; as lines it was written already, by the last event.</summary>
    public void Write(MaintenanceReport report, OutputForm form)
    {
        WriteReport(report.ToText, form == OutputForm.JsonLines ? null : report.ToJson, form);
        if (form != OutputForm.Text && !report.Succeeded && _output.Loss is null)
        {
            // What a filter behind a pipe leaves of the data may be anything; why there is no success is told in any case.
            Error.WriteLine(Printable.Line($"{report.Result}: {report.Summary}"));
        }
    }

    /// <summary>Writes a report as data. Where data no longer gets through it goes to whoever follows the talk: Ctrl+C ends the other programs of a pipe too.</summary>
    /// <param name="text">The report for people.</param>
    /// <param name="json">The report as JSON; null: it was written already.</param>
    /// <param name="form">How it is written.</param>
    public void WriteReport(Func<string> text, Func<string>? json, OutputForm form)
    {
        if (json is not null)
        {
            WriteDocument(text, json, form);
        }

        if (_output.Loss is { } loss)
        {
            Error.Write($"stdout takes no more data ({loss}). The report:\n{text()}");
        }
    }

    /// <summary>What the process returns, in view of what became of the data: data that is lost is no success, unless its reader has seen enough.</summary>
    public ExitCode Conclude(ExitCode exitCode)
    {
        Out.Flush();
        if (_output.Loss is { } loss && !_output.ReaderHasLeft)
        {
            Error.WriteLine($"Data for stdout is lost: {loss}.");
            return exitCode == ExitCode.Done ? ExitCode.Failed : exitCode;
        }

        return exitCode;
    }

    /// <summary>Writes a document as data, on one line if lines are wanted.</summary>
    public void WriteDocument(Func<string> text, Func<string> json, OutputForm form)
    {
        Out.Write(form switch
        {
            OutputForm.Text => text(),
            OutputForm.Json => json() + "\n",
            _ => System.Text.Json.Nodes.JsonNode.Parse(json())!.ToJsonString() + "\n",
        });
        Out.Flush();
    }

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
