using VmNodeOps.Testing.Access;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Testing.Hosting;
using VmNodeOps.Testing.Hosts;
using VmNodeOps.Testing.KubeVirt;

namespace VmNodeOps.Testing;

/// <summary>A Kubernetes cluster with KubeVirt in this process, behind a real HTTPS API on loopback.</summary>
/// <remarks>
/// <para>Its API server, controllers, kubelets and KubeVirt behave as the real ones do, on a clock of their own (<see cref="Time"/>). What really
/// runs on its hosts, which no API object can show, is told by <see cref="Guests"/>.</para>
/// <para>Dispose it; that throws if one of its parts failed, so that a defect of the simulation cannot pass for a result. All members are thread-safe.</para>
/// </remarks>
public sealed partial class SimulatedCluster : IAsyncDisposable
{
    private readonly ApiMachinery _api;
    private readonly ControlPlane _controlPlane;
    private readonly KubeVirtSimulation _kubeVirt;
    private readonly HttpFront _front;
    private readonly Dictionary<string, string> _detachErrors = [];
    private readonly bool _ownsTime;
    private int _disposed;

    private SimulatedCluster(ApiMachinery api, ControlPlane controlPlane, KubeVirtSimulation kubeVirt, HttpFront front, bool ownsTime)
    {
        _api = api;
        _controlPlane = controlPlane;
        _kubeVirt = kubeVirt;
        _front = front;
        _ownsTime = ownsTime;
        Objects = new ClusterObjects(api);
        Guests = new GuestView(kubeVirt.World.Guests);
    }

    /// <summary>The cluster's clock; give it to in-process clients as their TimeProvider.</summary>
    public SimulatedTime Time => _api.Time;

    /// <summary>Where the API server listens: https on loopback.</summary>
    public Uri Address => _front.Address;

    /// <summary>Where it listens without TLS; null unless that was asked for.</summary>
    public Uri? PlainAddress => _front.PlainAddress;

    /// <summary>A kubeconfig for somebody who may do everything.</summary>
    public string Kubeconfig => Access.Kubeconfig.Write([_front.AdminContext("simulated")]);

    /// <summary>Every request that reached the API server.</summary>
    public RequestLog Requests => _front.Requests;

    /// <summary>The faults of the API server.</summary>
    public FaultRules Faults => _front.Faults;

    /// <summary>Hands out certificates and tokens.</summary>
    public AccessControl Users => _front.Access;

    /// <summary>What really runs on the hosts.</summary>
    public GuestView Guests { get; }

    /// <summary>The machines under the nodes, by name.</summary>
    public IReadOnlyList<SimulatedHost> Hosts => _controlPlane.Kubelets.Hosts;

    /// <summary>The stored objects, past HTTP.</summary>
    public ClusterObjects Objects { get; }

    /// <summary>The version that the server tells.</summary>
    public string KubernetesVersion => _front.Settings.Version;

    /// <summary>The version of KubeVirt.</summary>
    public KubeVirtProfile KubeVirt => _kubeVirt.World.Profile;

    /// <summary>The authority of the server's certificate, PEM.</summary>
    public string CertificateAuthorityPem => _front.CertificateAuthorityPem;

    internal IClusterApi Api => _api;

    internal ApiMachinery Machinery => _api;

    internal KubeVirtSimulation Simulation => _kubeVirt;

    internal ControlPlane ControlPlane => _controlPlane;

    internal HttpFront Front => _front;

    /// <summary>Starts a cluster; when this completes, everything asked for is there and at rest.</summary>
    public static Task<SimulatedCluster> StartAsync(
        Func<SimulatedClusterBuilder, SimulatedClusterBuilder>? configure = null, CancellationToken cancellationToken = default)
    {
        var builder = new SimulatedClusterBuilder();
        return StartAsync(configure is null ? builder : configure(builder), cancellationToken);
    }

    /// <summary>A kubeconfig for any user name, with a client certificate.</summary>
    /// <param name="user">The user name; what it may do is decided by the cluster's roles and bindings.</param>
    /// <param name="groups">Its groups.</param>
    public string KubeconfigFor(string user, params IEnumerable<string> groups) =>
        Access.Kubeconfig.Write([_front.ContextWithCertificate(user, user, groups)]);

    /// <summary>Writes <see cref="Kubeconfig"/> to a file that only this user may read.</summary>
    public void WriteKubeconfig(string path) => Access.Kubeconfig.WriteTo(path, [_front.AdminContext("simulated")]);

    /// <summary>The machine under a node.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public SimulatedHost Host(string node) => _controlPlane.Kubelets.Host(node)
        ?? throw new ArgumentException($"No machine is called {node}.", nameof(node));

    /// <summary>Completes as soon as the condition holds, looking again and again as the cluster's time passes.</summary>
    /// <param name="condition">What is waited for.</param>
    /// <param name="what">The same in words, for the message.</param>
    /// <param name="limit">Of simulated time; default two minutes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">It did not hold within the limit.</exception>
    public async Task UntilAsync(Func<bool> condition, string what, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var wait = new Wait(_kubeVirt.World, condition, limit ?? TimeSpan.FromMinutes(2), what);
        using var hold = await wait.ReachedAsync(cancellationToken);
    }

    /// <summary>Completes when this much of the cluster's time has passed.</summary>
    public async Task AdvanceAsync(TimeSpan duration, CancellationToken cancellationToken = default)
    {
        var reached = new TaskCompletionSource<IDisposable>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var timer = Time.After(duration, () =>
        {
            // Time stands until the caller has noticed.
            var hold = Time.Busy();
            if (!reached.TrySetResult(hold))
            {
                hold.Dispose();
            }
        });
        using var registration = cancellationToken.Register(() => reached.TrySetCanceled(cancellationToken));
        using var noticed = await reached.Task;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A part of the simulation failed while it ran.</exception>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _front.DisposeAsync().ConfigureAwait(false);
        _kubeVirt.Dispose();
        _controlPlane.Dispose();
        if (_ownsTime)
        {
            Time.Dispose();
        }

        if (Time.Failures is [var first, ..] failures)
        {
            throw new InvalidOperationException(
                $"The simulation failed {failures.Count} times, first: {first.Message}", new AggregateException(failures));
        }
    }

    internal static async Task<SimulatedCluster> StartAsync(SimulatedClusterBuilder builder, CancellationToken cancellationToken)
    {
        var time = builder.Time ?? SimulatedTime.Virtual();
        try
        {
            var scene = new SceneBuilder(builder, time);
            await scene.BuildAsync(cancellationToken).ConfigureAwait(false);
            var front = await HttpFront.StartAsync(scene.Api, scene.Api, scene.FrontOptions, cancellationToken).ConfigureAwait(false);
            scene.Resume();
            return new SimulatedCluster(scene.Api, scene.ControlPlane, scene.KubeVirt, front, ownsTime: builder.Time is null);
        }
        catch
        {
            if (builder.Time is null)
            {
                time.Dispose();
            }

            throw;
        }
    }
}
