namespace VmNodeOps;

/// <summary>Which fence agent switches a machine, how it reaches the device, and how patiently.</summary>
public sealed record FenceAgentOptions
{
    /// <summary>The agent: <c>fence_redfish</c>, <c>fence_ipmilan</c>, any <c>fence_*</c> of ClusterLabs, by name or by absolute path. A name is looked for on the PATH and in the usual sbin folders.</summary>
    public required string Program { get; init; }

    /// <summary>The agent's parameters by the names of its manual page, such as <c>ip</c>, <c>username</c>, <c>plug</c>, <c>systems_uri</c>; no secrets. Default none.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Passwords and keys by parameter name, such as <c>password</c>. They go to the agent's standard input only. Default none.</summary>
    public IReadOnlyDictionary<string, FenceSecret> Secrets { get; init; } = new Dictionary<string, FenceSecret>();

    /// <summary>How long one call of the agent may take; then it is killed, and nothing is known. Longer than the agent's own <c>power_timeout</c> (20 s as a rule).</summary>
    /// <value>One minute.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a call is repeated when the device could not be reached or did not answer. A refused password is never tried again.</summary>
    /// <value>2.</value>
    public int Retries { get; init; } = 2;

    /// <summary>How long to wait before a call is repeated.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(5);
}
