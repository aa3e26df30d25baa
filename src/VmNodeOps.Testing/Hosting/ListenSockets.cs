using System.Net;
using System.Net.Sockets;

namespace VmNodeOps.Testing.Hosting;

/// <summary>The sockets that a server listens on: a free port of 127.0.0.1 and, where there is one, the same port of [::1].</summary>
internal sealed class ListenSockets
{
    private readonly Dictionary<EndPoint, Socket> _sockets = [];

    public ListenSockets(bool plain)
    {
        Secure = Bind(new IPEndPoint(IPAddress.Loopback, 0))!;
        SecureV6 = Socket.OSSupportsIPv6 ? Bind(new IPEndPoint(IPAddress.IPv6Loopback, Secure.Port)) : null;
        Plain = plain ? Bind(new IPEndPoint(IPAddress.Loopback, 0)) : null;
    }

    public IPEndPoint Secure { get; }

    public IPEndPoint? SecureV6 { get; }

    public IPEndPoint? Plain { get; }

    /// <summary>The bound socket of an address, handed over to who asks.</summary>
    public Socket Take(EndPoint endpoint) => _sockets[endpoint];

    /// <summary>Null when the address cannot be had: no IPv6 here, or somebody has this port of [::1].</summary>
    private IPEndPoint? Bind(IPEndPoint wanted)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(wanted.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(wanted);
        }
        catch (SocketException) when (wanted.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket?.Dispose();
            return null;
        }

        var bound = (IPEndPoint)socket.LocalEndPoint!;
        _sockets[bound] = socket;
        return bound;
    }
}
