using Spectre.Console;
using VmNodeOps.Tool.Terminal;

namespace VmNodeOps.Tool.Rendering;

/// <summary>On a terminal: what is over scrolls up, what is under way turns at the bottom.</summary>
internal sealed class LiveProgress(IAnsiConsole console)
{
    private MaintenanceReport? _report;

    public async Task<MaintenanceReport?> FollowAsync(IAsyncEnumerable<MaintenanceEvent> events)
    {
        await console.Status().Spinner(Spinner.Known.Dots).StartAsync("reading the cluster", async status =>
        {
            await foreach (var maintenanceEvent in events)
            {
                Show(status, maintenanceEvent);
            }
        });
        return _report;
    }

    private void Show(StatusContext status, MaintenanceEvent maintenanceEvent)
    {
        switch (maintenanceEvent)
        {
            case StepStarted started:
                status.Status = Escape(started.Step);
                break;
            case StepProgressed progressed:
                status.Status = $"{Escape(progressed.Step)} [bold]{progressed.Done}/{progressed.Total}[/] {Escape(progressed.Message)}";
                break;
            case VirtualMachineChanged changed:
                console.MarkupLine($"  {Mark(changed.Outcome)} {Escape(changed.VirtualMachine.ToString())}  [grey]{Escape(changed.Message)}[/]");
                break;
            case FindingRaised raised:
                console.MarkupLine($"[yellow]![/] {Escape(raised.Describe())}");
                break;
            case WriteAnswered { Write.Result: WriteResult.Unknown } write:
                console.MarkupLine($"[yellow]?[/] {Escape(write.Describe())}");
                break;
            case StepFinished finished:
                console.MarkupLine($"{Mark(finished.Outcome.Result)} [bold]{Escape(finished.Step)}[/]  {Escape(finished.Outcome.Message)}");
                break;
            case RunFinished finished:
                _report = finished.Report;
                break;
        }
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
        VirtualMachineOutcome.Migrated or VirtualMachineOutcome.Restarted => "[green]✓[/]",
        VirtualMachineOutcome.Missing or VirtualMachineOutcome.Lost => "[red]✗[/]",
        VirtualMachineOutcome.StaysDown => "[yellow]▪[/]",
        _ => "[grey]·[/]",
    };
}
