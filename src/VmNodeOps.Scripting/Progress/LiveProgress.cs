using System.Globalization;
using Spectre.Console;
using VmNodeOps.Cluster;

namespace VmNodeOps.Scripting;

/// <summary>On a terminal: what is over scrolls up, what is under way is kept up to date below.</summary>
internal sealed class LiveProgress(IAnsiConsole console)
{
    private const int ShownMachines = 10;
    private const string Spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(120);

    private readonly Lock _gate = new();
    private readonly Queue<string> _over = new();
    private readonly SortedDictionary<ObjectName, string> _moving = [];
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private string _step = "reading the cluster";
    private MaintenanceReport? _report;

    public async Task<MaintenanceReport?> FollowAsync(IAsyncEnumerable<MaintenanceEvent> events)
    {
        await console.Live(Draw()).AutoClear(true).StartAsync(async live =>
        {
            var taking = TakeAllAsync(events);
            do
            {
                await Task.WhenAny(taking, Task.Delay(Refresh, TimeProvider.System));
                WriteWhatIsOver(live);
                live.UpdateTarget(Draw());
            }
            while (!taking.IsCompleted);

            WriteWhatIsOver(live);
            await taking;
        });
        return _report;
    }

    private async Task TakeAllAsync(IAsyncEnumerable<MaintenanceEvent> events)
    {
        await foreach (var maintenanceEvent in events)
        {
            lock (_gate)
            {
                Take(maintenanceEvent);
            }
        }
    }

    private void Take(MaintenanceEvent maintenanceEvent)
    {
        switch (maintenanceEvent)
        {
            case StepStarted started:
                _step = started.Step;
                break;
            case StepProgressed progressed:
                _step = string.Create(CultureInfo.InvariantCulture, $"{progressed.Step} {progressed.Done}/{progressed.Total}  {progressed.Message}");
                break;
            case VirtualMachineChanged changed:
                Take(changed);
                break;
            case FindingRaised raised:
                _over.Enqueue($"[yellow]![/] {Escape(raised.Describe())}");
                break;
            case WriteAnswered { Write.Result: WriteResult.Unknown } write:
                _over.Enqueue($"[yellow]?[/] {Escape(write.Describe())}");
                break;
            case StepFinished finished:
                _over.Enqueue($"{Mark(finished.Outcome.Result)} [bold]{Escape(finished.Step)}[/]  {Escape(finished.Outcome.Message)}");
                break;
            case RunFinished finished:
                _report = finished.Report;
                break;
        }
    }

    private void Take(VirtualMachineChanged changed)
    {
        _moving.Remove(changed.VirtualMachine);
        if (changed.Outcome is VirtualMachineOutcome.Unmoved or VirtualMachineOutcome.Moving)
        {
            _moving[changed.VirtualMachine] = changed.Message;
        }
        else
        {
            _over.Enqueue($"  {Mark(changed.Outcome)} {Escape(changed.VirtualMachine.ToString())}  [grey]{Escape(changed.Message)}[/]");
        }
    }

    /// <summary>What is redrawn goes away before, because a line that wraps would be written into the rest of it.</summary>
    private void WriteWhatIsOver(LiveDisplayContext live)
    {
        lock (_gate)
        {
            if (_over.Count > 0)
            {
                live.UpdateTarget(new Rows());
            }

            while (_over.TryDequeue(out var line))
            {
                console.MarkupLine(line);
            }
        }
    }

    private Rows Draw()
    {
        lock (_gate)
        {
            var elapsed = TimeProvider.System.GetElapsedTime(_started);
            var frame = Spinner[(int)(elapsed.TotalMilliseconds / Refresh.TotalMilliseconds) % Spinner.Length];
            var rows = new List<Markup>
            {
                new(string.Create(CultureInfo.InvariantCulture, $"[blue]{frame}[/] {Cut(_step, 12)}  [grey]{(int)elapsed.TotalMinutes}:{elapsed.Seconds:00}[/]")),
            };
            rows.AddRange(_moving.Take(ShownMachines).Select(machine => new Markup($"  [grey]·[/] {Cut($"{machine.Key}  {machine.Value}", 6)}")));
            if (_moving.Count > ShownMachines)
            {
                rows.Add(new Markup(string.Create(CultureInfo.InvariantCulture, $"  [grey]and {_moving.Count - ShownMachines} more[/]")));
            }

            return new Rows(rows);
        }
    }

    /// <summary>What is redrawn is cut to the terminal's width: a line that wraps would throw off the redrawing.</summary>
    private string Cut(string text, int margin)
    {
        var room = Math.Max(8, console.Profile.Width - margin);
        return Escape(text.Length <= room ? text : $"{text[..(room - 1)]}…");
    }

    private static string Escape(string text) => Markup.Escape(Printable.Line(text));

    private static string Mark(StepResult result) => result switch
    {
        StepResult.Succeeded => "[green]✓[/]",
        StepResult.Skipped => "[grey]-[/]",
        _ => "[red]✗[/]",
    };

    private static string Mark(VirtualMachineOutcome outcome) => outcome switch
    {
        VirtualMachineOutcome.Migrated or VirtualMachineOutcome.Restarted or VirtualMachineOutcome.Replaced => "[green]✓[/]",
        VirtualMachineOutcome.StaysDown => "[yellow]▪[/]",
        _ => "[red]✗[/]",
    };
}
