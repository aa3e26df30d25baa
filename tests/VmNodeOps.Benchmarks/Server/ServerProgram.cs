using System.Text.Json;
using VmNodeOps.Testing;

namespace VmNodeOps.Benchmarks.Server;

/// <summary>The simulated cluster as a process of its own. It takes orders on its standard input, one a line, and answers each with a line.</summary>
internal static class ServerProgram
{
    /// <summary>More machines than that start at a slower pace, for the processors have to keep up with the clock.</summary>
    private const int Many = 300;

    public static async Task<int> RunAsync(string[] words)
    {
        var request = SceneRequest.Parse(words);
        using var time = SimulatedTime.RealTime(request.Loaded * request.Machines > Many ? 1 : Stage.Fast);
        await using var stage = await Stage.StartAsync(request, time);
        Answer(new { ready = true });
        while (await Console.In.ReadLineAsync() is { } line && line.Split(' ') is [not "quit", ..] order)
        {
            try
            {
                Answer(await ObeyAsync(stage, order));
            }
            catch (Exception exception)
            {
                // The one who gave the order decides; this process has nobody else to tell.
                Answer(new { error = exception.ToString() });
            }
        }

        return 0;
    }

    private static async Task<object> ObeyAsync(Stage stage, string[] order)
    {
        switch (order)
        {
            case ["begin", var hurry, .. var nodes]:
                return stage.Begin(nodes, bool.Parse(hurry));
            case ["end", var settleAll]:
                return await stage.EndAsync(bool.Parse(settleAll));
            case ["crash", var node]:
                await stage.CrashAsync(node);
                return new { crashed = node };
            case ["reset", .. var nodes]:
                await stage.ResetAsync(nodes);
                return new { reset = true };
            default:
                throw new ArgumentException($"No such order: {string.Join(' ', order)}");
        }
    }

    private static void Answer(object answer)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(answer));
        Console.Out.Flush();
    }
}
