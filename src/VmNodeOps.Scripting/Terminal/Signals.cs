using System.Runtime.InteropServices;

namespace VmNodeOps.Scripting;

/// <summary>Ctrl+C and SIGTERM: the first cancels and lets the run end in good order, the second ends the process at once.</summary>
/// <remarks>A wrapper such as <c>timeout</c> sends its signal to the process and to its group, so one that follows at its heels is the same one.</remarks>
internal sealed class Signals : IDisposable
{
    private static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource _cancellation = new();
    private readonly Lock _gate = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TextWriter _talk;
    private long? _first;

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
        lock (_gate)
        {
            if (_first is { } first)
            {
                if (TimeProvider.System.GetElapsedTime(first) > Echo)
                {
                    Environment.Exit((int)ExitCode.Cancelled);
                }

                return;
            }

            _first = TimeProvider.System.GetTimestamp();
        }

        _talk.WriteLine("Stopping in good order; once more to stop at once.");
        _cancellation.Cancel();
    }
}
