using Polly;
using Polly.Retry;
using VmNodeOps.Cluster;

namespace VmNodeOps.Kubernetes.Transport;

/// <summary>When and how long after trouble something is tried again: for reads, and for reconnecting watches.</summary>
internal sealed class ReadRetry
{
    private readonly KubernetesClusterOptions _options;
    private readonly Random _jitter;
    private readonly ResiliencePipeline _pipeline;

    public ReadRetry(KubernetesClusterOptions options)
    {
        _options = options;
        _jitter = options.JitterSeed is { } seed ? new Random(seed) : new Random();
        _pipeline = options.ReadRetries == 0 ? ResiliencePipeline.Empty : Build();
    }

    public ValueTask<T> ExecuteAsync<T>(Func<CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken) =>
        _pipeline.ExecuteAsync(read, cancellationToken);

    /// <summary>Whether trouble may pass by itself.</summary>
    public static bool MayPass(ClusterException trouble) => trouble.Cause switch
    {
        ClusterErrorCause.TooManyRequests or ClusterErrorCause.ServerError or ClusterErrorCause.Timeout => true,
        ClusterErrorCause.Unreachable or ClusterErrorCause.ConnectionLost => true,
        _ => false,
    };

    /// <summary>The wait before try number <paramref name="attempt"/> + 1, counted from 0: what the server asks for, else doubled each time, with jitter; never more than the limit.</summary>
    public TimeSpan Delay(int attempt, ServerStatus? status)
    {
        double jitter;
        lock (_jitter)
        {
            jitter = _jitter.NextDouble();
        }

        var doubled = _options.RetryDelay * Math.Pow(2, Math.Min(attempt, 20));
        // What the server asks for is a least; a little more keeps those who were refused together from coming back together.
        var wait = status?.RetryAfter is { } asked ? asked + (_options.RetryDelay * jitter) : doubled * (0.75 + (jitter / 2));
        return wait < _options.LongestRetryDelay ? wait : _options.LongestRetryDelay;
    }

    private ResiliencePipeline Build() => new ResiliencePipelineBuilder { TimeProvider = _options.TimeProvider }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = _options.ReadRetries,
            ShouldHandle = new PredicateBuilder().Handle<ClusterException>(MayPass),
            DelayGenerator = arguments =>
                ValueTask.FromResult<TimeSpan?>(Delay(arguments.AttemptNumber, (arguments.Outcome.Exception as ClusterException)?.Status)),
        })
        .Build();
}
