using System.Globalization;

namespace VmNodeOps.Tests.Histories;

/// <summary>What happens to the node and its surroundings, and what an operator does about it, in the order of time.</summary>
internal sealed record History(int Seed, IReadOnlyList<HistoryEvent> Events)
{
    /// <summary>Draws one: trouble first, then commands and more trouble across each other.</summary>
    public static History Draw(int seed)
    {
        var random = new Random(seed);
        var events = new List<HistoryEvent> { new(Seconds(random, 5, 30), First(random), 0) };
        var commands = random.Next(2, 5);
        for (var command = 0; command < commands; command++)
        {
            events.Add(new HistoryEvent(Seconds(random, 30, 400), HistoryEventKind.Recover, random.Next(4)));
        }

        var more = random.Next(3, 10);
        for (var index = 0; index < more; index++)
        {
            events.Add(new HistoryEvent(Seconds(random, 20, 420), Further(random), random.Next(1 << 16)));
        }

        return new History(seed, [.. events.OrderBy(item => item.At)]);
    }

    public History Without(int index) => this with { Events = [.. Events.Where((_, at) => at != index)] };

    public override string ToString() => $"seed {Seed}: {string.Join(", ", Events)}";

    private static TimeSpan Seconds(Random random, int from, int to) => TimeSpan.FromMilliseconds(random.Next(from * 1000, to * 1000));

    private static HistoryEventKind First(Random random) => random.Next(10) switch
    {
        < 5 => HistoryEventKind.Crash,
        < 9 => HistoryEventKind.CutOff,
        _ => HistoryEventKind.Reboot,
    };

    private static HistoryEventKind Further(Random random) => random.Next(16) switch
    {
        0 => HistoryEventKind.Crash,
        1 => HistoryEventKind.CutOff,
        2 => HistoryEventKind.Reconnect,
        3 => HistoryEventKind.PowerOn,
        4 => HistoryEventKind.Reboot,
        5 or 6 => HistoryEventKind.BreakWatches,
        7 => HistoryEventKind.SlowAnswers,
        8 => HistoryEventKind.BrokenAnswers,
        9 => HistoryEventKind.StopVirtApi,
        10 => HistoryEventKind.StartVirtApi,
        11 => HistoryEventKind.Return,
        _ => HistoryEventKind.Die,
    };
}

/// <summary>One thing that happens.</summary>
/// <param name="At">After the beginning.</param>
/// <param name="Kind">What.</param>
/// <param name="Choice">A number that draws the details.</param>
internal sealed record HistoryEvent(TimeSpan At, HistoryEventKind Kind, int Choice)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds:0.0} s {Kind}({Choice})");
}

internal enum HistoryEventKind
{
    /// <summary>The node's machine loses its power.</summary>
    Crash,

    /// <summary>It no longer reaches the API server; its guests run on.</summary>
    CutOff,

    Reconnect,
    PowerOn,
    Reboot,

    /// <summary>Watches end, fall silent, expire or are cut, for a while.</summary>
    BreakWatches,

    SlowAnswers,
    BrokenAnswers,
    StopVirtApi,
    StartVirtApi,

    /// <summary>Somebody asks for the recovery of the node.</summary>
    Recover,

    /// <summary>Somebody asks for its return to service.</summary>
    Return,

    /// <summary>The youngest of our runs dies: no byte of it arrives any more.</summary>
    Die,
}
