namespace VmNodeOps.Kubernetes.Configuration;

/// <summary>What configuration is found by: variables, the home folder, and where a pod finds its service account.</summary>
internal sealed record HostEnvironment
{
    /// <summary>The environment of this process.</summary>
    public static HostEnvironment Current { get; } = new();

    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The folder that holds <c>.kube</c>. kubectl asks HOME first, on every system.</summary>
    public Func<string?> Home { get; init; } = static () =>
        Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    public string ServiceAccountFolder { get; init; } = "/var/run/secrets/kubernetes.io/serviceaccount";
}
