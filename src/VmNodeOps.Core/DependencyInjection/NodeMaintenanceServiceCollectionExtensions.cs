using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VmNodeOps;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers clusters and the runners of their maintenances.</summary>
/// <remarks>
/// <para>Each registration gives an <see cref="INodeMaintenanceRunner"/> and the <see cref="IClusterClient"/> under it, both singletons and made when first asked for. The
/// plain overloads register the one cluster of a program; the ones with a name register any number, as keyed services:
/// <c>[FromKeyedServices("east")] INodeMaintenanceRunner</c>.</para>
/// <para>A <see cref="TimeProvider"/> and logging are taken from the container if they are there. An <see cref="IClusterClient"/> that is registered before wins, so that a test
/// puts its own in.</para>
/// <para>In a program that is trimmed or compiled natively, set options in code: binding them from configuration works by reflection.</para>
/// </remarks>
public static class NodeMaintenanceServiceCollectionExtensions
{
    private const string Reflects = "Options are bound from configuration by reflection, which a trimmed or natively compiled program may have no code for. Set them in code there.";

    /// <summary>Registers the cluster that kubectl would use here, with default options.</summary>
    public static IServiceCollection AddNodeMaintenance(this IServiceCollection services) => services.AddNodeMaintenance(static _ => { });

    /// <summary>Registers a cluster with options set in code.</summary>
    public static IServiceCollection AddNodeMaintenance(this IServiceCollection services, Action<ClusterConnectionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        Describe(services, Options.Options.DefaultName).Configure(configure);
        return AddDefault(services);
    }

    /// <summary>Registers a cluster with options from a configuration section, which must be there.</summary>
    [RequiresUnreferencedCode(Reflects), RequiresDynamicCode(Reflects)]
    public static IServiceCollection AddNodeMaintenance(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        Bind(Describe(services, Options.Options.DefaultName), section);
        return AddDefault(services);
    }

    /// <summary>Registers one of several clusters under a name, with options set in code.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static IServiceCollection AddNodeMaintenance(this IServiceCollection services, string clusterName, Action<ClusterConnectionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(clusterName);
        ArgumentNullException.ThrowIfNull(configure);
        Describe(services, clusterName).Configure(configure);
        return AddKeyed(services, clusterName);
    }

    /// <summary>Registers one of several clusters under a name, with options from a configuration section, which must be there.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    [RequiresUnreferencedCode(Reflects), RequiresDynamicCode(Reflects)]
    public static IServiceCollection AddNodeMaintenance(this IServiceCollection services, string clusterName, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(clusterName);
        ArgumentNullException.ThrowIfNull(section);
        Bind(Describe(services, clusterName), section);
        return AddKeyed(services, clusterName);
    }

    private static OptionsBuilder<ClusterConnectionOptions> Describe(IServiceCollection services, string name)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClusterConnectionOptions>, ClusterConnectionOptionsValidator>());
        return services.AddOptionsWithValidateOnStart<ClusterConnectionOptions>(name);
    }

    /// <summary>A section that is not there is an error: otherwise a misspelled one would mean kubectl's current cluster.</summary>
    [RequiresUnreferencedCode(Reflects), RequiresDynamicCode(Reflects)]
    private static void Bind(OptionsBuilder<ClusterConnectionOptions> options, IConfiguration configuration)
    {
        options.Bind(configuration, static binder => binder.ErrorOnUnknownConfiguration = true);
        if (configuration is IConfigurationSection section)
        {
            options.Validate(_ => section.Exists(), $"There is no configuration section '{section.Path}', which is to tell the cluster to maintain. Add it, or correct its name.");
        }
    }

    private static IServiceCollection AddDefault(IServiceCollection services)
    {
        services.TryAddSingleton<IClusterClient>(static provider => ClusterOf(provider, Options.Options.DefaultName));
        services.TryAddSingleton<INodeMaintenanceRunner>(static provider => RunnerOf(provider, provider.GetRequiredService<IClusterClient>(), Options.Options.DefaultName));
        return services;
    }

    private static IServiceCollection AddKeyed(IServiceCollection services, string clusterName)
    {
        services.TryAddKeyedSingleton<IClusterClient>(clusterName, static (provider, name) => ClusterOf(provider, (string)name!));
        services.TryAddKeyedSingleton<INodeMaintenanceRunner>(
            clusterName, static (provider, name) => RunnerOf(provider, provider.GetRequiredKeyedService<IClusterClient>(name), (string)name!));
        return services;
    }

    private static KubernetesCluster ClusterOf(IServiceProvider provider, string name)
    {
        var options = provider.GetRequiredService<IOptionsMonitor<ClusterConnectionOptions>>().Get(name);
        var connection = new KubernetesClusterOptions
        {
            TimeProvider = provider.GetService<TimeProvider>() ?? TimeProvider.System,
            Logger = provider.GetService<ILogger<KubernetesCluster>>(),
        };
        return options.Kubeconfig is { } path
            ? KubernetesCluster.FromKubeConfig(path, options.Context, connection)
            : KubernetesCluster.FromDefaults(options.Context, connection);
    }

    private static MaintenanceRunner RunnerOf(IServiceProvider provider, IClusterClient cluster, string name)
    {
        var options = provider.GetRequiredService<IOptionsMonitor<ClusterConnectionOptions>>().Get(name);
        return new MaintenanceRunner(cluster, provider.GetService<TimeProvider>(), provider.GetService<ILogger<MaintenanceRunner>>(), options.Maintenance);
    }
}
