using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using VmNodeOps.Testing;
using VmNodeOps.Tests.Kubernetes;

namespace VmNodeOps.Tests.Fencing;

/// <summary>A small Redfish service over HTTPS that keeps the power state of one machine of a simulated cluster, and is its power switch.</summary>
/// <remarks>As real ones, it lets everybody read its root, and only who knows the password read or change the machine.</remarks>
internal sealed class RedfishDevice : IAsyncDisposable
{
    public const string User = "admin";
    public const string Password = "hunter2-päss w0rd";
    private const string Blade = "/redfish/v1/Systems/blade-7";
    private readonly SimulatedCluster? _cluster;
    private readonly string _node;
    private TestServer _server = null!;
    private bool _isOn = true;

    private RedfishDevice(SimulatedCluster? cluster, string node) => (_cluster, _node) = (cluster, node);

    public string Port => _server.Address.Port.ToString(CultureInfo.InvariantCulture);

    /// <summary>It takes commands and does nothing.</summary>
    public bool IsStuck { get; set; }

    /// <summary>It accepts connections and never answers.</summary>
    public bool IsHung { get; set; }

    /// <summary>What was asked of it, in order.</summary>
    public IReadOnlyList<string> Requests => [.. _server.Requests];

    /// <summary>Resets that it was told, in order.</summary>
    public List<string> Resets { get; } = [];

    /// <param name="cluster">The cluster whose machine it powers; null: a machine of its own.</param>
    /// <param name="node">The node of that machine.</param>
    public static async Task<RedfishDevice> StartAsync(SimulatedCluster? cluster = null, string node = "node-1")
    {
        var device = new RedfishDevice(cluster, node);
        device._server = await TestServer.StartAsync(device.AnswerAsync);
        return device;
    }

    /// <summary>The agent that reaches it.</summary>
    public FenceAgentOptions Options(string password = Password, string? port = null) => new()
    {
        Program = FenceAgentFactAttribute.Agent,
        Parameters = new Dictionary<string, string>
        {
            ["ip"] = "127.0.0.1", ["ipport"] = port ?? Port, ["username"] = User, ["ssl_insecure"] = "1", ["power_timeout"] = "2", ["systems_uri"] = Blade,
        },
        Secrets = new Dictionary<string, FenceSecret> { ["password"] = FenceSecret.Of(password) },
        Retries = 0,
    };

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private bool IsOn => _cluster?.Host(_node).HasPower ?? _isOn;

    private async Task AnswerAsync(HttpContext context, TestServer server)
    {
        if (IsHung)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, server.Stopping);
        }

        if (context.Request.Path == "/redfish/v1")
        {
            await TestServer.JsonAsync(context, 200, """{"Systems":{"@odata.id":"/redfish/v1/Systems"}}""");
        }
        else if (!IsLetIn(context))
        {
            await TestServer.JsonAsync(context, 401, """{"error":{"code":"Base.1.0.GeneralError","message":"The account is not known."}}""");
        }
        else if (context.Request.Method == "POST")
        {
            await ResetAsync(context);
        }
        else if (context.Request.Path == "/redfish/v1/Systems")
        {
            await TestServer.JsonAsync(context, 200, $$"""{"Members":[{"@odata.id":"{{Blade}}"}]}""");
        }
        else
        {
            await TestServer.JsonAsync(
                context, 200, new JsonObject
                {
                    ["PowerState"] = IsOn ? "On" : "Off",
                    ["Actions"] = new JsonObject { ["#ComputerSystem.Reset"] = new JsonObject { ["target"] = $"{Blade}/Actions/ComputerSystem.Reset" } },
                }.ToJsonString());
        }
    }

    private static bool IsLetIn(HttpContext context) => context.Request.Headers.Authorization.ToString() is { Length: > 6 } header
        && header.StartsWith("Basic ", StringComparison.Ordinal)
        && Credentials.Contains(header[6..]);

    /// <summary>Python sends what has no place in Latin-1 as UTF-8, and the rest as Latin-1.</summary>
    private static IEnumerable<string> Credentials => new[] { Encoding.UTF8, Encoding.Latin1 }.Select(encoding => Convert.ToBase64String(encoding.GetBytes($"{User}:{Password}")));

    private async Task ResetAsync(HttpContext context)
    {
        var type = (string)(await JsonNode.ParseAsync(context.Request.Body))!["ResetType"]!;
        Resets.Add(type);
        if (!IsStuck)
        {
            Switch(type);
        }

        context.Response.StatusCode = 204;
    }

    private void Switch(string type)
    {
        _isOn = type != "ForceOff";
        if (!_isOn)
        {
            _cluster?.CrashNode(_node);
        }
        else
        {
            _cluster?.PowerOnNode(_node);
        }
    }
}
