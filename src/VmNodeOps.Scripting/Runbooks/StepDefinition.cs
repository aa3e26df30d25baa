using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace VmNodeOps.Scripting;

/// <summary>A step that runbooks can name: a word, the options that may stand with it, and how it is added to a maintenance.</summary>
public sealed partial class StepDefinition
{
    private readonly Func<NodeMaintenance, object?, NodeMaintenance> _add;

    private StepDefinition(string name, string description, OptionShape? options, Func<NodeMaintenance, object?, NodeMaintenance> add)
    {
        if (name is null || !Word().IsMatch(name))
        {
            throw new ArgumentException($"'{name}' cannot be the name of a step: use lower-case letters, digits and hyphens.", nameof(name));
        }

        Name = name;
        Description = description;
        Options = options;
        _add = add;
    }

    /// <summary>The word: lower-case with hyphens.</summary>
    public string Name { get; }

    /// <summary>What the step does, in a sentence.</summary>
    public string Description { get; }

    internal OptionShape? Options { get; }

    /// <summary>Defines a step without options.</summary>
    /// <param name="name">The word, lower-case with hyphens.</param>
    /// <param name="description">What the step does, in a sentence.</param>
    /// <param name="add">Adds it: <c>maintenance =&gt; maintenance.Then(new PowerOff())</c>. May add several.</param>
    /// <exception cref="ArgumentException">That cannot be a name.</exception>
    public static StepDefinition Create(string name, string description, Func<NodeMaintenance, NodeMaintenance> add)
    {
        ArgumentNullException.ThrowIfNull(add);
        return new StepDefinition(name, description, null, (maintenance, _) => add(maintenance));
    }

    /// <summary>Defines a step with options.</summary>
    /// <typeparam name="TOptions">
    /// A class with a constructor without arguments. What it can set is what a runbook can write, in camelCase: texts, numbers, true and false, times, words of an enum, lists of texts, a class
    /// of further options or a list of such, an <see cref="IEvidenceSource"/>. What is of another type is left to code. A <c>required</c> member must be written.
    /// In a program that is trimmed or compiled natively, see to it that the classes within are kept whole, and that there is code for arrays of their enums.
    /// </typeparam>
    /// <param name="name">The word, lower-case with hyphens.</param>
    /// <param name="description">What the step does, in a sentence.</param>
    /// <param name="add">Adds it. An <see cref="ArgumentException"/> says what makes no sense in the options; the runbook's reader is shown its message and the place.</param>
    /// <exception cref="ArgumentException">That cannot be a name, or the options cannot be made.</exception>
    public static StepDefinition Create<[DynamicallyAccessedMembers(OptionShape.Needed)] TOptions>(string name, string description, Func<NodeMaintenance, TOptions, NodeMaintenance> add)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(add);
        if (typeof(TOptions).GetConstructor(Type.EmptyTypes) is null)
        {
            throw new ArgumentException($"{typeof(TOptions)} has no constructor without arguments, so a runbook cannot fill it.", nameof(add));
        }

        return new StepDefinition(name, description, OptionShape.Of(typeof(TOptions)), (maintenance, options) => add(maintenance, (TOptions)options!));
    }

    internal NodeMaintenance AddTo(NodeMaintenance maintenance, object? options) => _add(maintenance, options);

    [GeneratedRegex(@"\A[a-z][a-z0-9]*(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
