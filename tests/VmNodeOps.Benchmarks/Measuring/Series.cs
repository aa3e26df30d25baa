namespace VmNodeOps.Benchmarks.Measuring;

/// <summary>The counted runs of one means, in the order of their turns.</summary>
internal sealed record Series(string Means, IReadOnlyList<Sample> Samples)
{
    public Spread Done => Of(sample => sample.Done.TotalSeconds);

    public IEnumerable<double> DoneEach => Samples.Select(sample => sample.Done.TotalSeconds);

    public Spread Of(Func<Sample, double> figure) => Spread.Of(Samples.Select(figure));
}
