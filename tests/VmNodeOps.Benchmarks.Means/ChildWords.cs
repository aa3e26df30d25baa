using System.Text.Json;
using System.Text.Json.Serialization;

namespace VmNodeOps.Benchmarks.Means;

/// <summary>What one of our child processes says on its standard output, as one line of JSON.</summary>
internal sealed record ChildWords
{
    /// <summary>What a child says that waits for a word before it goes on.</summary>
    public const string Ready = "ready";

    public bool Succeeded { get; init; }

    public string Summary { get; init; } = "";

    /// <summary>By the wall clock, when the library's call had returned.</summary>
    public DateTimeOffset? ReturnedAt { get; init; }

    /// <summary>Of several nodes, the run of the one that took longest.</summary>
    public TimeSpan? Slowest { get; init; }

    /// <summary>The steps with their durations, to see where the time goes.</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];

    /// <summary>Milliseconds that the compiler took, all threads together.</summary>
    public double CompiledFor { get; init; } = System.Runtime.JitInfo.GetCompilationTime().TotalMilliseconds;

    /// <summary>How many methods it compiled.</summary>
    public long Compiled { get; init; } = System.Runtime.JitInfo.GetCompiledMethodCount();

    /// <summary>Bytes that were allocated.</summary>
    public long Allocated { get; init; } = GC.GetTotalAllocatedBytes();

    /// <summary>Milliseconds of processor time of the process when its work was done.</summary>
    public double Processor { get; init; } = Environment.CpuUsage.TotalTime.TotalMilliseconds;

    public override string ToString() => JsonSerializer.Serialize(this, ChildWordsJson.Default.ChildWords);

    public static ChildWords? Parse(string line) => JsonSerializer.Deserialize(line, ChildWordsJson.Default.ChildWords);
}

[JsonSerializable(typeof(ChildWords))]
internal sealed partial class ChildWordsJson : JsonSerializerContext;
