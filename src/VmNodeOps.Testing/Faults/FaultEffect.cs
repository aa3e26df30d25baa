using VmNodeOps.Testing.Hosting;

namespace VmNodeOps.Testing.Faults;

/// <summary>What goes wrong with a request.</summary>
public abstract record FaultEffect
{
    private protected FaultEffect()
    {
    }

    /// <summary>The request is refused with this code before the server does anything.</summary>
    /// <param name="code">The HTTP status code.</param>
    /// <param name="reason">The Status' reason; null leaves it out.</param>
    /// <param name="message">The Status' message; null makes one up.</param>
    /// <param name="retryAfterSeconds">Sent as the Retry-After header; null leaves it out.</param>
    public static FaultEffect Status(int code, string? reason = null, string? message = null, int? retryAfterSeconds = null) =>
        new StatusEffect(code, reason, message ?? $"injected fault {code}", retryAfterSeconds);

    /// <summary>The server takes this long, on the cluster's clock, before it begins. Goes together with another effect.</summary>
    public static FaultEffect Delay(TimeSpan duration) => new DelayEffect(duration);

    /// <summary>The server does what is asked at once, but takes this long, on the cluster's clock, before it answers. Goes together with another effect.</summary>
    public static FaultEffect DelayAnswer(TimeSpan duration) => new DelayAnswerEffect(duration);

    /// <summary>The connection (with HTTP/2: the stream) is cut before the server applied the request.</summary>
    public static FaultEffect CutBefore() => new CutEffect(CutPoint.Before);

    /// <summary>The server applies the request, then the connection is cut without a byte of the answer.</summary>
    public static FaultEffect CutAfter() => new CutEffect(CutPoint.After);

    /// <summary>The server applies the request; the connection is cut in the middle of the answer's body.</summary>
    public static FaultEffect CutInBody() => new CutEffect(CutPoint.InBody);

    /// <summary>The server applies the request, sends the headers and half the body, then nothing until the client gives up.</summary>
    public static FaultEffect StallBody() => new CutEffect(CutPoint.Stall);

    /// <summary>The server applies the request, then says nothing at all until the client gives up.</summary>
    public static FaultEffect NoAnswer() => new CutEffect(CutPoint.NoAnswer);

    /// <summary>A watch ends early and cleanly, as when a server restarts or the watcher falls behind.</summary>
    /// <param name="afterEvents">How many events it lets through first.</param>
    /// <param name="after">When given: at the latest after this long on the cluster's clock.</param>
    public static FaultEffect EndWatch(int afterEvents = 0, TimeSpan? after = null) => new WatchEffect(WatchTrouble.End, afterEvents, after);

    /// <summary>A watch stays open and brings nothing more.</summary>
    /// <param name="afterEvents">How many events it lets through first.</param>
    /// <param name="after">When given: at the latest after this long on the cluster's clock.</param>
    public static FaultEffect SilenceWatch(int afterEvents = 0, TimeSpan? after = null) =>
        new WatchEffect(WatchTrouble.Silence, afterEvents, after);

    /// <summary>A watch gets an ERROR event with code 410 and ends: its resourceVersion is no longer known.</summary>
    /// <param name="afterEvents">How many events it lets through first.</param>
    /// <param name="after">When given: at the latest after this long on the cluster's clock.</param>
    public static FaultEffect ExpireWatch(int afterEvents = 0, TimeSpan? after = null) => new WatchEffect(WatchTrouble.Expire, afterEvents, after);

    /// <summary>A watch's connection is cut in the middle of an event.</summary>
    /// <param name="afterEvents">How many events it lets through first; the one after them is cut.</param>
    /// <param name="after">When given: at the latest after this long on the cluster's clock.</param>
    public static FaultEffect CutWatch(int afterEvents = 0, TimeSpan? after = null) => new WatchEffect(WatchTrouble.Cut, afterEvents, after);

    /// <summary>Chosen anew for each request that the rule hits; null lets the request through.</summary>
    public static FaultEffect Choose(Func<LoggedRequest, FaultEffect?> choose) => new ChosenEffect(choose);
}

internal sealed record StatusEffect(int Code, string? Reason, string Message, int? RetryAfterSeconds) : FaultEffect;

internal sealed record DelayEffect(TimeSpan Duration) : FaultEffect;

internal sealed record DelayAnswerEffect(TimeSpan Duration) : FaultEffect;

internal sealed record CutEffect(CutPoint Point) : FaultEffect;

internal sealed record WatchEffect(WatchTrouble Trouble, int AfterEvents, TimeSpan? After) : FaultEffect;

internal sealed record ChosenEffect(Func<LoggedRequest, FaultEffect?> Effect) : FaultEffect;

internal enum CutPoint
{
    Before,
    After,
    InBody,
    Stall,
    NoAnswer,
}

internal enum WatchTrouble
{
    End,
    Silence,
    Expire,
    Cut,
}
