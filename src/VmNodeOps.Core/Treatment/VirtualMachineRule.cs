using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>One exception of a <see cref="VirtualMachinePolicy"/>: what is done about the machines that fit it. What is left out does not restrict.</summary>
public sealed record VirtualMachineRule
{
    private readonly string? _labels;
    private readonly LabelSelector? _selector;

    /// <summary>The namespace.</summary>
    /// <value>Null: any.</value>
    public string? Namespace { get; init; }

    /// <summary>The machine's name.</summary>
    /// <value>Null: any.</value>
    public string? Name { get; init; }

    /// <summary>Labels of the machine or its instance, as a label selector: <c>tier=db,environment in (prod,staging),!scratch</c>.</summary>
    /// <value>Null: any.</value>
    /// <exception cref="FormatException">It is no label selector.</exception>
    public string? Labels
    {
        get => _labels;
        init => (_labels, _selector) = (value, value is null ? null : SelectorText.Parse(value));
    }

    /// <summary>What would become of the machine.</summary>
    /// <value>Empty: whatever it is.</value>
    public IReadOnlyList<VirtualMachineFate> Fates { get; init; } = [];

    /// <summary>What is done about it.</summary>
    public required VirtualMachineTreatment Treatment { get; init; }

    /// <summary>Whether it speaks of a machine.</summary>
    public bool Fits(NodeMachine machine, VirtualMachineFate fate)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return (Namespace is null || machine.Name.Namespace == Namespace)
            && (Name is null || machine.Name.Name == Name)
            && (Fates.Count == 0 || Fates.Contains(fate))
            && (_selector is null || _selector.Matches(LabelsOf(machine)));
    }

    /// <summary>The machine's own labels count before those of its instance, which are of its template.</summary>
    private static Dictionary<string, string> LabelsOf(NodeMachine machine)
    {
        var labels = new Dictionary<string, string>(machine.Instance?.Labels ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var (key, value) in machine.Machine?.Labels ?? new Dictionary<string, string>())
        {
            labels[key] = value;
        }

        return labels;
    }
}
