using System.Runtime.InteropServices;

namespace VmNodeOps.Tool;

/// <summary>Ctrl+C and SIGTERM: the first cancels and lets the run end in good order, the second ends the process at once.</summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TextWriter _talk;
    private int _seen;

    public Signals(TextWriter talk)
    {
        _talk = talk;
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    public CancellationToken Token => _cancellation.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _cancellation.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _seen) > 1)
        {
            Environment.Exit((int)ExitCode.Cancelled);
        }

        _talk.WriteLine("Stopping in good order; once more to stop at once.");
        _cancellation.Cancel();
    }
}
