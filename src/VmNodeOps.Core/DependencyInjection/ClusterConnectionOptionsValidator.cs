using Microsoft.Extensions.Options;

namespace VmNodeOps;

/// <summary>Refuses what cannot work before anything uses it: at the start of a host, or when the cluster is first asked for.</summary>
internal sealed class ClusterConnectionOptionsValidator : IValidateOptions<ClusterConnectionOptions>
{
    public ValidateOptionsResult Validate(string? name, ClusterConnectionOptions options)
    {
        var cluster = string.IsNullOrEmpty(name) ? "the cluster" : $"cluster '{name}'";
        if (options.Kubeconfig is { } path && string.IsNullOrWhiteSpace(path))
        {
            return ValidateOptionsResult.Fail($"The Kubeconfig of {cluster} is empty. Name a file, or leave the key out to use what kubectl would use.");
        }

        if (options.Context is { } context && string.IsNullOrWhiteSpace(context))
        {
            return ValidateOptionsResult.Fail($"The Context of {cluster} is empty. Name one, or leave the key out to use the kubeconfig's current context.");
        }

        return options.Maintenance.FindObjection() is { } objection
            ? ValidateOptionsResult.Fail($"The Maintenance options of {cluster}: {objection}")
            : ValidateOptionsResult.Success;
    }
}
