using System.Net.Sockets;
using System.Security.Authentication;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Configuration;

namespace VmNodeOps.Kubernetes.Transport;

/// <summary>Says in one paragraph why no answer came.</summary>
internal static class TransportTrouble
{
    /// <param name="sent">Whether the request's body had begun to go out: until then nothing can have been applied.</param>
    public static ClusterException Of(ApiRequest request, Exception trouble, ClusterConnection connection, bool sent)
    {
        var server = $"{connection.Server.GetLeftPart(UriPartial.Authority)} ({connection.Origin})";
        var (cause, text) = Explain(trouble, connection, server);
        var open = !request.IsRead && sent;
        return new ClusterException(cause, $"Could not {request.What}: {text}{(open ? " The request had been sent: it may have been carried out." : "")}", trouble)
        {
            MayHaveBeenApplied = open,
        };
    }

    private static (ClusterErrorCause Cause, string Text) Explain(Exception trouble, ClusterConnection connection, string server)
    {
        if (Find<AuthenticationException>(trouble) is { } tls)
        {
            return (ClusterErrorCause.Tls, ExplainTls(tls, connection, server));
        }

        if (trouble is TimeoutException or OperationCanceledException)
        {
            return (ClusterErrorCause.Timeout,
                $"{server} did not answer in time{(trouble is TimeoutException { Message: var message } ? $": {message}" : "")}. Check the network and the load of the API server, or allow more time.");
        }

        var socket = Find<SocketException>(trouble);
        return (trouble as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => (ClusterErrorCause.Unreachable,
                $"the host of {server} is not known. Check the server's address in the kubeconfig, the name service, and whether a VPN is needed."),
            HttpRequestError.ProxyTunnelError => (ClusterErrorCause.Unreachable,
                $"the proxy before {server} let nothing through. Check proxy-url, or HTTPS_PROXY and NO_PROXY."),
            HttpRequestError.ConnectionError when socket is { SocketErrorCode: SocketError.ConnectionRefused } => (ClusterErrorCause.Unreachable,
                $"{server} refused the connection: nothing listens there. Check the address and port, and whether the API server runs."),
            HttpRequestError.ConnectionError => (ClusterErrorCause.Unreachable,
                $"{server} cannot be reached{(socket is null ? "" : $" ({socket.SocketErrorCode})")}. Check the address, the network, and whether the API server runs."),
            _ when connection.Server.Scheme == "http" => (ClusterErrorCause.ConnectionLost,
                $"the connection to {server} broke before the answer was whole. If the server speaks TLS, write its address with https://."),
            _ => (ClusterErrorCause.ConnectionLost, $"the connection to {server} broke before the answer was whole. Try again; if it stays so, look at what stands between."),
        };
    }

    private static string ExplainTls(AuthenticationException tls, ClusterConnection connection, string server)
    {
        var host = connection.TlsServerName ?? connection.Server.Host;
        return tls.Message switch
        {
            var text when text.Contains("RemoteCertificateNameMismatch", StringComparison.Ordinal) =>
                $"the certificate of {server} is not made out to \"{host}\". Use an address that it names, or set tls-server-name to a name in it.",
            var text when text.Contains("RemoteCertificateChainErrors", StringComparison.Ordinal) || text.Contains("certificate chain", StringComparison.Ordinal) =>
                $"the certificate of {server} is not signed by the certificate authority of the kubeconfig, or is not valid now. Get a kubeconfig that fits this server, and check both clocks.",
            _ => $"no TLS connection to {server} came about. Check that it speaks TLS, that the port is right, and that it takes the client certificate.",
        };
    }

    private static T? Find<T>(Exception? trouble)
        where T : Exception
    {
        for (; trouble is not null; trouble = trouble.InnerException)
        {
            if (trouble is T found)
            {
                return found;
            }
        }

        return null;
    }
}
