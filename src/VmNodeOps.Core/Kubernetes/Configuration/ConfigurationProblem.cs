using VmNodeOps.Cluster;

namespace VmNodeOps.Kubernetes.Configuration;

/// <summary>A wrong setting, told as one paragraph.</summary>
internal static class ConfigurationProblem
{
    public static ClusterException Of(string message, Exception? inner = null) => new(ClusterErrorCause.BadConfiguration, message, inner);

    /// <summary>A file that a kubeconfig names cannot be read.</summary>
    /// <remarks>
    /// Some write the secret itself where the path of its file belongs (<c>client-key</c> for <c>client-key-data</c>). Then neither the message nor the exception in it, which repeats the path,
    /// may show it.
    /// </remarks>
    public static ClusterException Unreadable(string file, string what, string named, Exception problem) => IsSecretItself(file)
        ? Of($"What stands as the path of {what} is no file that is there, and looks like a secret. Give the path of its file; the secret itself goes into token or the entry that ends in -data.")
        : Of($"{named} cannot be read. Check that it exists and that this user may read it.", problem);

    private static bool IsSecretItself(string file)
    {
        var name = Path.GetFileName(file);
        return !File.Exists(file)
            && (file.Split('/', '\\').Any(part => part.Length >= 64) || (name.Length >= 24 && !name.Contains('.', StringComparison.Ordinal) && name.Any(char.IsAsciiDigit)));
    }
}
