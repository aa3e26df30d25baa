using VmNodeOps.Testing;

namespace VmNodeOps.Tool.Simulation;

/// <summary>The file in which <c>vmnodeops simulate</c> leaves the way to its cluster; it never overwrites a kubeconfig that somebody else made.</summary>
internal sealed class KubeconfigFile
{
    private const string Mark = "# Written by `vmnodeops simulate`; of no use when that has ended.";

    private KubeconfigFile(string path) => Path = path;

    public string Path { get; }

    /// <exception cref="ToolException">The file is somebody else's, or cannot be written.</exception>
    public static KubeconfigFile Reserve(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new ToolException(ExitCode.Usage, $"{full} is a folder. Name a file for --kubeconfig-out.");
        }

        if (!Directory.Exists(System.IO.Path.GetDirectoryName(full)))
        {
            throw new ToolException(ExitCode.Usage, $"There is no folder {System.IO.Path.GetDirectoryName(full)} for --kubeconfig-out. Make it, or name another file.");
        }

        if (File.Exists(full) && !IsOfSimulation(full))
        {
            throw new ToolException(ExitCode.Usage, $"{full} is there already and was not written by `vmnodeops simulate`. It stays as it is; name another file for --kubeconfig-out.");
        }

        return new KubeconfigFile(full);
    }

    /// <summary>Whether a file is the kubeconfig of a simulation.</summary>
    public static bool IsOfSimulation(string path) => File.Exists(path) && File.ReadLines(path).FirstOrDefault() == Mark;

    public void Write(SimulatedCluster cluster)
    {
        // Through a new file: it holds a key, and only its writer made it with the rights that befit one.
        var fresh = $"{Path}.{Environment.ProcessId}.tmp";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var writer = new StreamWriter(fresh, options))
            {
                writer.Write($"{Mark}\n{cluster.Kubeconfig}");
            }

            File.Move(fresh, Path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitCode.Failed, $"The kubeconfig could not be written to {Path}: {exception.Message}");
        }
    }

    public void Delete() => File.Delete(Path);
}
