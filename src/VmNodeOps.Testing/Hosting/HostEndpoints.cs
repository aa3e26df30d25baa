using System.Text.Json.Nodes;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.Hosting;

/// <summary>What no real API server has: the machines under the nodes, for whoever is in another process. <c>GET /simulation/hosts</c>, <c>POST /simulation/hosts/NAME/crash</c>.</summary>
/// <remarks>Under none of Kubernetes' paths, so that clients see nothing of it; whoever may do everything may do this.</remarks>
internal sealed class HostEndpoints(Func<IReadOnlyList<SimulatedHost>> hosts)
{
    private const string Root = "/simulation/hosts";

    private static readonly Dictionary<string, Action<SimulatedHost>> Acts = new(StringComparer.Ordinal)
    {
        ["crash"] = static host => host.Crash(),
        ["cut-off"] = static host => host.CutOff(),
        ["reconnect"] = static host => host.Reconnect(),
        ["power-on"] = static host => host.PowerOn(),
    };

    /// <summary>The answer; null if the path is none of these.</summary>
    public Task? TryAnswer(Exchange exchange)
    {
        var path = exchange.Target.Path;
        if (!path.StartsWith(Root, StringComparison.Ordinal))
        {
            return null;
        }

        return (exchange.Target.Method, path[Root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries)) switch
        {
            ("GET", []) => ResponseWriter.WriteJsonAsync(exchange, 200, new JsonObject { ["hosts"] = new JsonArray([.. hosts().Select(Describe)]) }),
            ("GET", [var name]) when Find(name) is { } host => ResponseWriter.WriteJsonAsync(exchange, 200, Describe(host)),
            ("POST", [var name, var act]) when Find(name) is { } host && Acts.TryGetValue(act, out var happen) => HappenAsync(exchange, host, happen),
            _ => null,
        };
    }

    private static Task HappenAsync(Exchange exchange, SimulatedHost host, Action<SimulatedHost> happen)
    {
        happen(host);
        return ResponseWriter.WriteJsonAsync(exchange, 200, Describe(host));
    }

    private SimulatedHost? Find(string name) => hosts().FirstOrDefault(host => host.NodeName == name);

    private static JsonObject Describe(SimulatedHost host) => new() { ["node"] = host.NodeName, ["hasPower"] = host.HasPower, ["isConnected"] = host.IsConnected };
}
