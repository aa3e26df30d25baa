using System.Collections.Immutable;

namespace VmNodeOps.Scripting;

/// <summary>The steps, and the sources of evidence, that runbooks can name. Immutable.</summary>
public sealed class StepRegistry
{
    private readonly ImmutableSortedDictionary<string, StepDefinition> _steps;
    private readonly ImmutableSortedDictionary<string, IEvidenceSource> _evidence;

    private StepRegistry(ImmutableSortedDictionary<string, StepDefinition> steps, ImmutableSortedDictionary<string, IEvidenceSource> evidence)
    {
        _steps = steps;
        _evidence = evidence;
    }

    /// <summary>The steps of the library.</summary>
    public static StepRegistry BuiltIn { get; } = BuiltInSteps.All.Aggregate(
        new StepRegistry(ImmutableSortedDictionary.Create<string, StepDefinition>(StringComparer.Ordinal), ImmutableSortedDictionary.Create<string, IEvidenceSource>(StringComparer.Ordinal)),
        static (registry, step) => registry.With(step));

    /// <summary>The steps, by name.</summary>
    public IReadOnlyList<StepDefinition> Steps => [.. _steps.Values];

    /// <summary>The names of sources of evidence, for <c>source: NAME</c>. Default none.</summary>
    public IReadOnlyList<string> EvidenceSources => [.. _evidence.Keys];

    /// <summary>The registry with one more step.</summary>
    /// <exception cref="ArgumentException">There is one of that name: a runbook must mean the same everywhere.</exception>
    public StepRegistry With(StepDefinition step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return _steps.ContainsKey(step.Name)
            ? throw new ArgumentException($"There is a step '{step.Name}' already. Choose another name.", nameof(step))
            : new StepRegistry(_steps.Add(step.Name, step), _evidence);
    }

    /// <summary>The registry with one more source of evidence, which runbooks call <c>source: NAME</c>.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public StepRegistry WithEvidence(string name, IEvidenceSource source)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(source);
        return _evidence.ContainsKey(name)
            ? throw new ArgumentException($"There is a source of evidence '{name}' already. Choose another name.", nameof(name))
            : new StepRegistry(_steps, _evidence.Add(name, source));
    }

    /// <summary>The JSON Schema (2020-12) of runbooks that use these steps, for editors and checks before the run.</summary>
    public string ToJsonSchema() => RunbookSchema.Write(this);

    internal StepDefinition? Find(string name) => _steps.GetValueOrDefault(name);

    internal IEvidenceSource? FindEvidence(string name) => _evidence.GetValueOrDefault(name);
}
