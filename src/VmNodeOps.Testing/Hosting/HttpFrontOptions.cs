using VmNodeOps.Testing.Access;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.Hosting;

/// <summary>How a server is set up.</summary>
internal sealed record HttpFrontOptions
{
    /// <summary>What the server says about itself.</summary>
    public ServerSettings Settings { get; init; } = new();

    /// <summary>Which certificate it shows.</summary>
    public ServerCertificateKind Certificate { get; init; } = ServerCertificateKind.Valid;

    /// <summary>Whether it listens without TLS too.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>The machines under the nodes.</summary>
    public Func<IReadOnlyList<SimulatedHost>> Hosts { get; init; } = static () => [];
}
