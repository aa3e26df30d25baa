using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Access;

namespace VmNodeOps.Tests.Secrets;

/// <summary>
/// A bearer token and a client key that tests plant in kubeconfigs, and the search for them. What they look like is in <c>tests/planted-secrets.txt</c>, for whoever searches the output of a
/// whole test run too.
/// </summary>
internal static class PlantedSecrets
{
    /// <summary>The private number of the key, 32 bytes: so that the key looks the same in every run.</summary>
    private const string PrivateNumber = "PLANTED-CLIENT-KEY-7c1e9a52d4-ab";

    public static string File { get; } = Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "planted-secrets.txt");

    public static IReadOnlyList<string> Marks { get; } =
        [.. System.IO.File.ReadAllLines(File).Where(line => line.Length > 0 && !line.StartsWith('#'))];

    public static string Token => Marks[0];

    /// <summary>A kubeconfig with the token, which the cluster takes for that user's.</summary>
    public static string KubeconfigWithToken(SimulatedCluster cluster, string user = "ops", params string[] groups)
    {
        cluster.Users.AcceptToken(Token, user, groups);
        return KubeconfigWithUnknownToken(cluster);
    }

    /// <summary>A kubeconfig with the token, which the cluster does not know unless it was told of it.</summary>
    public static string KubeconfigWithUnknownToken(SimulatedCluster cluster) => Kubeconfig.Write([Context(cluster) with { Token = Token }]);

    /// <summary>A kubeconfig with the key, certified for that user.</summary>
    public static string KubeconfigWithKey(SimulatedCluster cluster, string user = "ops", params string[] groups) =>
        Kubeconfig.Write([Context(cluster) with { Certificate = Certify(cluster, user, groups) }]);

    /// <summary>A kubeconfig whose exec plugin runs this script.</summary>
    public static string KubeconfigWithPlugin(SimulatedCluster cluster, string script) => Kubeconfig.Write([Context(cluster)]).Replace(
        "  user: {}\n",
        $"  user:\n    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      command: {script}\n      interactiveMode: Never\n",
        StringComparison.Ordinal);

    public static ClientCertificate Certify(SimulatedCluster cluster, string user = "ops", params string[] groups)
    {
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Encoding.ASCII.GetBytes(PrivateNumber) });
        return cluster.Users.CertifyKey(key, user, groups);
    }

    /// <summary>Which lines of the file a text holds, by number: the lines themselves must not be printed, or their search would find this test's own report.</summary>
    public static IEnumerable<int> FoundIn(string text) =>
        Marks.Select((mark, index) => (mark, index)).Where(line => text.Contains(line.mark, StringComparison.OrdinalIgnoreCase)).Select(line => line.index + 1);

    private static KubeconfigContext Context(SimulatedCluster cluster) =>
        new() { Name = "planted", Server = cluster.Address, CertificateAuthorityPem = cluster.CertificateAuthorityPem };

    private static string Here([CallerFilePath] string path = "") => path;
}
