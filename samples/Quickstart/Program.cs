using Quickstart;
using Spectre.Console;
using VmNodeOps;
using VmNodeOps.Cluster;

using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    // The first Ctrl+C ends the run in good order, the second one ends the process.
    pressed.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
};

var console = AnsiConsole.Console;
if (Console.IsOutputRedirected)
{
    console.Profile.Width = 200;
}

try
{
    switch (args)
    {
        case []:
            await SimulatedTour.RunAsync(console, cancellation.Token);
            return 0;
        case ["--kubeconfig", var file, "--context", var context, "--node", var node]:
            return await RealNode.RunAsync(console, file, context, node, cancellation.Token);
        default:
            Console.Error.WriteLine("Usage: quickstart                                              a tour on a simulated cluster");
            Console.Error.WriteLine("       quickstart --kubeconfig FILE --context NAME --node NODE   drains a node of a real one, after asking");
            return 2;
    }
}
catch (ClusterException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
catch (MaintenanceCanceledException exception)
{
    Console.WriteLine(exception.Report?.ToText());
    return 130;
}
catch (OperationCanceledException)
{
    return 130;
}
