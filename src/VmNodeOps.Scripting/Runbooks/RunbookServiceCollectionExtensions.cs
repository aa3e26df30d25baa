using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using VmNodeOps;
using VmNodeOps.Scripting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers runbooks, and steps and sources of evidence of the embedding program that runbooks can name.</summary>
public static class RunbookServiceCollectionExtensions
{
    /// <summary>Registers a <see cref="StepRegistry"/> with every registered step, and a <see cref="RunbookRunner"/> over the program's <see cref="INodeMaintenanceRunner"/>. Once is enough; again does no harm.</summary>
    public static IServiceCollection AddRunbooks(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(static provider =>
        {
            var registry = provider.GetServices<StepDefinition>().Aggregate(StepRegistry.BuiltIn, static (registry, step) => registry.With(step));
            return provider.GetServices<NamedEvidence>().Aggregate(registry, static (registry, evidence) => registry.WithEvidence(evidence.Name, evidence.Source));
        });
        services.TryAddSingleton<RunbookRunner>();
        return services;
    }

    /// <summary>Registers a step without options.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The word, lower-case with hyphens.</param>
    /// <param name="description">What the step does, in a sentence.</param>
    /// <param name="step">Makes the step, from services if it needs some.</param>
    public static IServiceCollection AddRunbookStep(this IServiceCollection services, string name, string description, Func<IServiceProvider, IMaintenanceStep> step)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(step);
        return services.AddRunbooks().AddSingleton(provider => StepDefinition.Create(name, description, maintenance => maintenance.Then(step(provider))));
    }

    /// <summary>Registers a step with options.</summary>
    /// <typeparam name="TOptions">What a runbook can write; see <see cref="StepDefinition.Create{TOptions}"/>.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="name">The word, lower-case with hyphens.</param>
    /// <param name="description">What the step does, in a sentence.</param>
    /// <param name="step">Makes the step, from services and options.</param>
    public static IServiceCollection AddRunbookStep<[DynamicallyAccessedMembers(OptionShape.Needed)] TOptions>(
        this IServiceCollection services, string name, string description, Func<IServiceProvider, TOptions, IMaintenanceStep> step)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(step);
        return services.AddRunbooks().AddSingleton(
            provider => StepDefinition.Create<TOptions>(name, description, (maintenance, options) => maintenance.Then(step(provider, options))));
    }

    /// <summary>Registers a source of evidence that runbooks call <c>source: NAME</c>.</summary>
    public static IServiceCollection AddRunbookEvidence(this IServiceCollection services, string name, Func<IServiceProvider, IEvidenceSource> source)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(source);
        return services.AddRunbooks().AddSingleton(provider => new NamedEvidence(name, source(provider)));
    }

    private sealed record NamedEvidence(string Name, IEvidenceSource Source);
}
