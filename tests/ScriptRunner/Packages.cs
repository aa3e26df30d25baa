using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ScriptRunner;

/// <summary>Restores the packages that a script names, by the nuget.config that is nearest to it and by no other, as dotnet-script does.</summary>
internal static partial class Packages
{
    /// <returns>The assemblies of the packages and of what they depend on.</returns>
    public static List<string> Restore(string script)
    {
        var folder = Directory.CreateTempSubdirectory("script-runner-").FullName;
        try
        {
            var references = Files(script).SelectMany(file => Directive().Matches(File.ReadAllText(file)))
                .Select(match => $"<PackageReference Include=\"{match.Groups["id"].Value}\" Version=\"{match.Groups["version"].Value}\" />").Distinct();
            File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project />");
            File.WriteAllText(Path.Combine(folder, "Directory.Packages.props"), "<Project />");
            File.WriteAllText(
                Path.Combine(folder, "script.csproj"),
                $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup>{string.Concat(references)}</ItemGroup></Project>");
            Run(folder, "restore", "script.csproj", "--configfile", NearestConfiguration(script));
            return Assemblies(Path.Combine(folder, "obj", "project.assets.json"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The script and what it loads.</summary>
    private static IEnumerable<string> Files(string script)
    {
        yield return script;
        foreach (Match match in Load().Matches(File.ReadAllText(script)))
        {
            foreach (var loaded in Files(Path.GetFullPath(match.Groups["path"].Value, Path.GetDirectoryName(script)!)))
            {
                yield return loaded;
            }
        }
    }

    private static string NearestConfiguration(string script)
    {
        for (var folder = Path.GetDirectoryName(script); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Combine(folder, "nuget.config") is var file && File.Exists(file))
            {
                return file;
            }
        }

        throw new FileNotFoundException("There is no nuget.config at or above the script.");
    }

    private static void Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The packages could not be restored:\n{output}");
        }
    }

    private static List<string> Assemblies(string assetsFile)
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(assetsFile));
        var root = assets.RootElement.GetProperty("packageFolders").EnumerateObject().First().Name;
        var libraries = assets.RootElement.GetProperty("libraries");
        return [.. from package in assets.RootElement.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject()
                   where package.Value.TryGetProperty("runtime", out _)
                   from asset in package.Value.GetProperty("runtime").EnumerateObject()
                   where asset.Name.EndsWith(".dll", StringComparison.Ordinal)
                   select Path.Combine(root, libraries.GetProperty(package.Name).GetProperty("path").GetString()!, asset.Name)];
    }

    [GeneratedRegex("""^\s*#r\s+"nuget:\s*(?<id>[^,"\s]+)\s*,\s*(?<version>[^"\s]+)\s*"\s*$""", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex("""^\s*#load\s+"(?<path>[^"]+)"\s*$""", RegexOptions.Multiline)]
    private static partial Regex Load();
}
