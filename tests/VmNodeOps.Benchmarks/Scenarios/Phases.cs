using VmNodeOps.Benchmarks.Measuring;

namespace VmNodeOps.Benchmarks.Scenarios;

/// <summary>Where the time of our process goes.</summary>
internal static class Phases
{
    public static Series Named(this IReadOnlyList<Series> all, string means) => all.First(series => series.Means == means);

    public static string Of(Series ours)
    {
        // The one in the middle, for phases of different runs do not add up.
        var sample = ours.Samples.OrderBy(sample => sample.Done).ElementAt(ours.Samples.Count / 2);
        var words = sample.Words;
        return FormattableString.Invariant(
            $"Where our time goes (the median run): first request after {sample.Marks.FirstRequest?.TotalSeconds:0.00} s, first eviction or deletion after {FirstDestructive(sample):0.00} s, last answered after {sample.Marks.LastDestructive?.TotalSeconds:0.00} s, last pod gone after {sample.Marks.PodsGone?.TotalSeconds:0.00} s. Steps: {string.Join(", ", words?.Steps ?? [])}. {(words?.Compiled > 0 ? $"The compiler took {words.CompiledFor:0} ms for {words.Compiled} methods, all threads together, of" : "It took")} {words?.Processor:0} ms of processor time; {words?.Allocated / 1048576.0:0} MiB were allocated.");
    }

    /// <summary>The same work by programs of the .NET runtime, where the native ones are what is compared.</summary>
    public static IEnumerable<string> OnRuntime(IReadOnlyList<Series> all)
    {
        if (all.FirstOrDefault(series => series.Means == Means.Means.OursName + Means.Means.OnRuntimeToo) is { } ours)
        {
            var floor = all.Named(Means.Means.FloorName + Means.Means.OnRuntimeToo);
            yield return $"On the .NET runtime: ours in {Spread.OfRatios(ours.DoneEach, floor.DoneEach).ToText("0.00", "×")} what the floor needs there. {Of(ours)}";
        }
    }

    private static double FirstDestructive(Sample sample) =>
        sample.Marks.Timeline.Where(request => request.IsDestructive).Select(request => request.At / 1000).DefaultIfEmpty(double.NaN).Min();
}
