using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace VmNodeOps.Kubernetes.Configuration;

/// <summary>Reads one kubeconfig file. Paths in it are relative to the file, as for kubectl.</summary>
internal sealed class KubeConfigReader(string file)
{
    private const int LargestFile = 8 * 1024 * 1024;

    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".";

    /// <summary>The configuration in the file; an empty file is an empty configuration.</summary>
    public KubeConfig Read()
    {
        var root = Parse(ReadText());
        return new KubeConfig
        {
            Files = [file],
            CurrentContext = root?.Text("current-context"),
            Contexts = Named(root, "contexts", "context", ReadContext),
            Clusters = Named(root, "clusters", "cluster", ReadCluster),
            Users = Named(root, "users", "user", ReadUser),
        };
    }

    private string ReadText()
    {
        try
        {
            using var stream = File.OpenRead(file);
            var text = new MemoryStream();
            var buffer = new byte[64 * 1024];
            for (int count; text.Length < LargestFile && (count = stream.Read(buffer)) > 0;)
            {
                text.Write(buffer, 0, count);
            }

            if (text.Length >= LargestFile)
            {
                throw ConfigurationProblem.Of($"The file {file} is too large for a kubeconfig. Give the path of the kubeconfig itself.");
            }

            using var reader = new StreamReader(new MemoryStream(text.GetBuffer(), 0, (int)text.Length), Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            throw ConfigurationProblem.Of($"There is no kubeconfig at {file}. Give the path of an existing file.", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw ConfigurationProblem.Of(
                $"The kubeconfig {file} cannot be read: {problem.Message} Check that it is a file and that this user may read it.", problem);
        }
    }

    /// <summary>The parser's own words are dropped: they may quote what stands in the file, and that may be a token.</summary>
    private KubeConfigNode? Parse(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException problem)
        {
            throw ConfigurationProblem.Of(
                $"The kubeconfig {file} is not valid YAML: it breaks in line {problem.Start.Line.ToString(CultureInfo.InvariantCulture)}, " +
                $"column {problem.Start.Column.ToString(CultureInfo.InvariantCulture)}. Correct the file, or choose another one.");
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            // The parser has been seen to fail in its own ways on text that ends too early.
            throw ConfigurationProblem.Of($"The kubeconfig {file} is not valid YAML. Correct the file, or choose another one.");
        }

        return stream.Documents.Count == 0 ? null : stream.Documents[0].RootNode switch
        {
            YamlMappingNode mapping => new KubeConfigNode(mapping, file),
            YamlScalarNode { Value: null or "" } => null,
            _ => throw ConfigurationProblem.Of(
                $"The file {file} is not a kubeconfig: it holds no mapping with clusters, users and contexts. Give the path of the kubeconfig itself."),
        };
    }

    private Dictionary<string, T> Named<T>(KubeConfigNode? root, string list, string entry, Func<KubeConfigNode, T> read)
    {
        var named = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in root?.Items(list) ?? [])
        {
            if (item.Text("name") is not { } name)
            {
                throw ConfigurationProblem.Of($"The kubeconfig {file} has an entry without a name in \"{list}\". Give it one, or remove it.");
            }

            if (item.Map(entry) is { } content && !named.TryAdd(name, read(content)))
            {
                throw ConfigurationProblem.Of($"The kubeconfig {file} says \"{name}\" twice in \"{list}\". Remove one of the two.");
            }
        }

        return named;
    }

    private static KubeConfigContext ReadContext(KubeConfigNode node) => new(node.Text("cluster"), node.Text("user"), node.Text("namespace"));

    private KubeConfigCluster ReadCluster(KubeConfigNode node) => new()
    {
        Server = node.Text("server"),
        TlsServerName = node.Text("tls-server-name"),
        SkipTlsVerify = node.Flag("insecure-skip-tls-verify"),
        AuthorityFile = Resolve(node.Text("certificate-authority")),
        AuthorityData = node.Text("certificate-authority-data"),
        ProxyUrl = node.Text("proxy-url"),
        DisableCompression = node.Flag("disable-compression"),
        ExecConfiguration = node.Items("extensions")
            .FirstOrDefault(extension => extension.Text("name") == "client.authentication.k8s.io/exec")?.Json("extension"),
    };

    private KubeConfigUser ReadUser(KubeConfigNode node) => new()
    {
        CertificateFile = Resolve(node.Text("client-certificate")),
        CertificateData = node.Text("client-certificate-data"),
        KeyFile = Resolve(node.Text("client-key")),
        KeyData = node.Text("client-key-data"),
        Token = node.Text("token"),
        TokenFile = Resolve(node.Text("tokenFile")),
        HasPassword = node.Text("username") is not null || node.Text("password") is not null,
        AuthProvider = node.Map("auth-provider") is { } provider ? provider.Text("name") ?? "" : null,
        Exec = node.Map("exec") is { } exec ? ReadExec(exec) : null,
        ImpersonatedUser = node.Text("as"),
        ImpersonatedUid = node.Text("as-uid"),
        ImpersonatedGroups = node.Texts("as-groups"),
        ImpersonatedExtra = node.Map("as-user-extra") is { } extra ? extra.Keys().ToDictionary(key => key, extra.Texts) : [],
    };

    private KubeConfigExec ReadExec(KubeConfigNode node) => new()
    {
        ApiVersion = node.Text("apiVersion"),
        // A bare name is looked up in PATH; whatever has a separator is a file beside the kubeconfig.
        Command = node.Text("command") is { } command && command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? Resolve(command)
            : node.Text("command"),
        Arguments = node.Texts("args"),
        Variables = [.. node.Items("env").Select(variable => KeyValuePair.Create(variable.Text("name") ?? "", variable.Text("value") ?? ""))],
        InstallHint = node.Text("installHint"),
        ProvideClusterInfo = node.Flag("provideClusterInfo"),
        InteractiveMode = node.Text("interactiveMode"),
    };

    private string? Resolve(string? path) => path is null ? null : Path.GetFullPath(path, _folder);
}
