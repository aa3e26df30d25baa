using Microsoft.AspNetCore.Http;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Faults;

namespace VmNodeOps.Testing.Hosting;

/// <summary>One request on its way through the server. While it is held, simulated time stands.</summary>
internal sealed class Exchange : IDisposable
{
    private readonly SimulatedTime _time;
    private readonly CancellationTokenSource _aborted;
    private readonly CancellationTokenRegistration _registration;
    private readonly Lock _gate = new();
    private bool _held;
    private bool _ended;

    public Exchange(HttpContext context, RequestTarget target, LoggedRequest log, SimulatedTime time, CancellationToken stopping)
    {
        Context = context;
        Target = target;
        Log = log;
        _time = time;
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        _registration = stopping.UnsafeRegister(static exchange => ((Exchange)exchange!).Abort(), this);
        Hold();
    }

    public HttpContext Context { get; }

    public RequestTarget Target { get; }

    public LoggedRequest Log { get; }

    public UserInfo User { get; set; } = new("", []);

    public FaultPlan Fault { get; set; } = FaultPlan.None;

    /// <summary>The client is gone, has been dropped, or the server stops.</summary>
    public CancellationToken Aborted => _aborted.Token;

    public SimulatedTime Time => _time;

    /// <summary>How much of the body the log keeps.</summary>
    public int BodyLimit { get; init; }

    public void Hold()
    {
        if (!_held)
        {
            _held = true;
            _time.BeginBusy();
        }
    }

    public void Release()
    {
        if (_held)
        {
            _held = false;
            _time.EndBusy();
        }
    }

    /// <summary>Lets simulated time pass.</summary>
    public async Task WaitAsync(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero)
        {
            return;
        }

        var wait = Task.Delay(duration, _time, Aborted);
        Release();
        await wait.ConfigureAwait(false);
        Hold();
    }

    /// <summary>Says nothing more until the client gives up.</summary>
    public async Task StallAsync()
    {
        Release();
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, Aborted).ConfigureAwait(false);
    }

    /// <summary>Cuts the connection; with HTTP/2 the stream.</summary>
    /// <exception cref="OperationCanceledException">Always: there is nothing more to do for this request.</exception>
    public void Cut()
    {
        Abort();
        throw new OperationCanceledException("The connection has been cut.", Aborted);
    }

    /// <summary>Cuts the connection from outside; does nothing when the request has ended.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            Context.Abort();
        }

        _aborted.Cancel();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
        }

        Log.Ended = _time.GetUtcNow();
        Release();
        // The source itself is left to the garbage collector: somebody may be cancelling it at this moment.
        _registration.Dispose();
    }
}
