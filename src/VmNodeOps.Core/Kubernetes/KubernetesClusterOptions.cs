using Microsoft.Extensions.Logging;

namespace VmNodeOps.Kubernetes;

/// <summary>How a <see cref="KubernetesCluster"/> talks to its server. The defaults suit a cluster of any size.</summary>
public sealed record KubernetesClusterOptions
{
    /// <summary>The clock of every wait and time limit. Default: the system's. Give a simulated cluster's clock to make them virtual.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How long one request may take, its whole answer included. Default 30 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long an eviction may take. Default 60 s: a failed precondition was seen to take 10 s, a webhook that hangs takes 10 s, and the server itself gives up after 60 s.
    /// </summary>
    public TimeSpan EvictionTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an answer that has begun may pause before it is given up. Default 15 s.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a read is repeated after trouble that may pass (429, 5xx, lost connection). Writes never are. Default 4.</summary>
    public int ReadRetries { get; init; } = 4;

    /// <summary>The wait before the first repetition; it doubles from then on, with jitter. Default 250 ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest wait before a repetition or a reconnect, whatever the server asks for with Retry-After. Default 30 s.</summary>
    public TimeSpan LongestRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Seeds the jitter of waits, for repeatable tests. Default null: seeded by chance.</summary>
    public int? JitterSeed { get; init; }

    /// <summary>How many objects are asked for at a time. Default 500.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>The largest answer, and the largest event of a watch, that is read. Default 64 MiB.</summary>
    public int LargestAnswer { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long the server is asked to keep one watch request open before the next follows on. Default 5 min.</summary>
    public TimeSpan WatchDuration { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a watch may be silent before it is opened again where it was. Default 100 s: servers send a bookmark about once a minute.</summary>
    public TimeSpan WatchSilence { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Sent as User-Agent; the server records it with what was written. Default <c>vmnodeops</c> with the version.</summary>
    public string UserAgent { get; init; } = $"vmnodeops/{typeof(KubernetesClusterOptions).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>Takes a line for each request, with what was answered and after how long; at <see cref="LogLevel.Debug"/>. Never a header, never a body. Default null: nowhere.</summary>
    public ILogger? Logger { get; init; }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentException.ThrowIfNullOrWhiteSpace(UserAgent);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(EvictionTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StallTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(ReadRetries);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestRetryDelay, RetryDelay);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PageSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LargestAnswer);
        ArgumentOutOfRangeException.ThrowIfLessThan(WatchDuration, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(WatchSilence, TimeSpan.Zero);
    }
}
