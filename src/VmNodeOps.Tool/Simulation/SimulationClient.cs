using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using VmNodeOps.Tool.Rendering;
using YamlDotNet.RepresentationModel;

namespace VmNodeOps.Tool.Simulation;

/// <summary>Reaches the machines of a cluster that <c>vmnodeops simulate</c> runs in another terminal, with its kubeconfig. A kubeconfig of anybody else's is refused before anything is sent.</summary>
internal sealed class SimulationClient : IDisposable
{
    private readonly HttpClient _client;
    private readonly X509Certificate2 _certificate;

    private SimulationClient(YamlNode kubeconfig)
    {
        var (cluster, user) = (kubeconfig["clusters"][0]["cluster"], kubeconfig["users"][0]["user"]);
        _certificate = X509Certificate2.CreateFromPem(Decode(user["client-certificate-data"]), Decode(user["client-key-data"]));
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPem(Decode(cluster["certificate-authority-data"]));
        handler.SslOptions.ClientCertificateContext = SslStreamCertificateContextOf(_certificate);
        _client = new HttpClient(handler) { BaseAddress = new Uri(cluster["server"].ToString()) };
    }

    /// <param name="kubeconfig">The file; null: the one that KUBECONFIG names.</param>
    /// <exception cref="ToolException">It is not one that <c>vmnodeops simulate</c> wrote.</exception>
    public static SimulationClient Open(string? kubeconfig)
    {
        var path = kubeconfig ?? Environment.GetEnvironmentVariable("KUBECONFIG");
        if (string.IsNullOrEmpty(path))
        {
            throw new ToolException(ExitCode.Usage, "Which simulation? Give its kubeconfig with --kubeconfig, or set KUBECONFIG.");
        }

        return KubeconfigFile.IsOfSimulation(path)
            ? new SimulationClient(Read(path))
            : throw new ToolException(
                ExitCode.Usage, $"{path} is not the kubeconfig of a simulation that runs: `vmnodeops simulate --kubeconfig-out {path}` writes one, and takes it away when it ends. Real machines are never touched.");
    }

    /// <summary>The machines under the nodes.</summary>
    public async Task<IReadOnlyList<HostDocument>> ListAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, "/simulation/hosts", cancellationToken);
        return (await response.Content.ReadFromJsonAsync(ToolJson.Default.HostListDocument, cancellationToken))!.Hosts;
    }

    /// <summary>Does something to one of them, and says how it is from now on.</summary>
    public async Task<HostDocument> ActAsync(string node, string act, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, $"/simulation/hosts/{node}/{act}", cancellationToken);
        return (await response.Content.ReadFromJsonAsync(ToolJson.Default.HostDocument, cancellationToken))!;
    }

    public void Dispose()
    {
        _client.Dispose();
        _certificate.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            var response = await _client.SendAsync(request, cancellationToken);
            return response.StatusCode == HttpStatusCode.OK
                ? response
                : throw new ToolException(ExitCode.Failed, $"The simulation at {_client.BaseAddress} answers {(int)response.StatusCode}. Was it started by another version of vmnodeops?");
        }
        catch (HttpRequestException exception)
        {
            throw new ToolException(ExitCode.Failed, $"No simulation answers at {_client.BaseAddress}: {exception.Message}. Does it still run?");
        }
    }

    private static System.Net.Security.SslStreamCertificateContext SslStreamCertificateContextOf(X509Certificate2 certificate) =>
        System.Net.Security.SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);

    private static YamlNode Read(string path)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(path)));
        return yaml.Documents[0].RootNode;
    }

    private static string Decode(YamlNode base64) => System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(base64.ToString()));
}
