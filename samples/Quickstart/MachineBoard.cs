using System.Globalization;
using Spectre.Console;
using VmNodeOps;
using VmNodeOps.Cluster;

namespace Quickstart;

/// <summary>Shows a run as it goes: on a terminal a table that changes in place, elsewhere a line per event.</summary>
internal sealed class MachineBoard(IAnsiConsole console, NodeInventory inventory, TimeProvider time)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(150);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<ObjectName, (VirtualMachineOutcome Outcome, string Message)> _machines =
        new(inventory.Machines.ToDictionary(machine => machine.Name, machine => (VirtualMachineOutcome.Unmoved, $"{machine.Instance?.Phase} on {inventory.NodeName}")));
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private string _step = "plan";
    private MaintenanceReport? _report;

    public async Task<MaintenanceReport> FollowAsync(IAsyncEnumerable<MaintenanceEvent> events)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Out.IsTerminal)
        {
            await foreach (var maintenanceEvent in events)
            {
                Apply(maintenanceEvent);
                WriteLine(maintenanceEvent);
            }
        }
        else
        {
            await console.Live(Draw()).StartAsync(live => DrawAsync(live, ApplyAllAsync(events)));
        }

        return _report!;
    }

    private async Task DrawAsync(LiveDisplayContext live, Task applying)
    {
        while (!applying.IsCompleted)
        {
            live.UpdateTarget(Draw());
            await Task.WhenAny(applying, Task.Delay(Refresh));
        }

        live.UpdateTarget(Draw());
        await applying;
    }

    private async Task ApplyAllAsync(IAsyncEnumerable<MaintenanceEvent> events)
    {
        await foreach (var maintenanceEvent in events)
        {
            Apply(maintenanceEvent);
        }
    }

    private void Apply(MaintenanceEvent maintenanceEvent)
    {
        lock (_gate)
        {
            switch (maintenanceEvent)
            {
                case StepStarted started:
                    _step = started.Step;
                    break;
                case StepProgressed progressed:
                    _step = $"{progressed.Step} {progressed.Done}/{progressed.Total}";
                    break;
                case VirtualMachineChanged changed:
                    _machines[changed.VirtualMachine] = (changed.Outcome, changed.Message);
                    break;
                case RunFinished finished:
                    _report = finished.Report;
                    _step = finished.Report.Result.ToString();
                    break;
            }
        }
    }

    private void WriteLine(MaintenanceEvent maintenanceEvent)
    {
        if (maintenanceEvent is StepProgressed or VirtualMachineChanged or StepFinished or FindingRaised)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{maintenanceEvent.At:HH:mm:ss} {Clean(maintenanceEvent.Describe())}"));
        }
    }

    private Table Draw()
    {
        lock (_gate)
        {
            var elapsed = (int)(time.GetUtcNow() - _started).TotalSeconds;
            var table = new Table().Border(TableBorder.Simple).Expand()
                .AddColumn("virtual machine")
                .AddColumn($"{Markup.Escape(inventory.NodeName)}: {Markup.Escape(_step)}, after {elapsed.ToString(CultureInfo.InvariantCulture)} s");

            // Cut to one line each: a table that grew and shrank would jump.
            var width = console.Profile.Width - _machines.Keys.Select(name => name.ToString().Length).Append("virtual machine".Length).Max() - 9;
            foreach (var (name, (outcome, message)) in _machines)
            {
                table.AddRow(new Text(name.ToString()), new Markup($"{Mark(outcome)} {Markup.Escape(Cut(Clean(message), width))}"));
            }

            return table;
        }
    }

    private static string Mark(VirtualMachineOutcome outcome) => outcome switch
    {
        VirtualMachineOutcome.Migrated or VirtualMachineOutcome.Restarted or VirtualMachineOutcome.Replaced => "[green]✓[/]",
        VirtualMachineOutcome.StaysDown => "[yellow]▪[/]",
        VirtualMachineOutcome.Missing or VirtualMachineOutcome.Lost => "[red]✗[/]",
        VirtualMachineOutcome.Moving => "[blue]→[/]",
        _ => "[grey]·[/]",
    };

    private static string Cut(string text, int width) => text.Length <= width ? text : $"{text[..Math.Max(0, width - 1)]}…";

    /// <summary>What a cluster says may hold anything; a terminal obeys control characters.</summary>
    private static string Clean(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '\uFFFD' : character));
}
