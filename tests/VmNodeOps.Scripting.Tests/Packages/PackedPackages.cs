using System.Diagnostics;
using System.Globalization;

namespace VmNodeOps.Scripting.Tests.Packages;

/// <summary>What a process said and how it ended.</summary>
public sealed record ProcessRun(int ExitCode, string Out, string Error);

/// <summary>Every package of this build, packed once under a version that no cache has seen, beside the scripts of the samples, and an empty package cache.</summary>
/// <remarks>The scripts name version 0.1.0; NuGet takes the lowest that is not older, which is the one that was packed here. So their bytes stay as they are.</remarks>
public sealed class PackedPackages : IAsyncLifetime
{
    public static readonly string Version = string.Create(CultureInfo.InvariantCulture, $"0.1.0.{(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() % 1_000_000_000) + 1}");
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public string Root { get; } = Directory.CreateTempSubdirectory("vmnodeops-packages-").FullName;

    public string Folder => Path.Combine(Root, "artifacts", "packages");

    public string Scripts => Path.Combine(Root, "samples", "scripts");

    public string Cache => Path.Combine(Root, "cache");

    /// <summary>The remote source of this machine's NuGet, whatever it is.</summary>
    public string Feed { get; private set; } = "";

    public async Task InitializeAsync()
    {
        foreach (var project in new[] { "VmNodeOps.Core", "VmNodeOps.Testing", "VmNodeOps.Scripting", "VmNodeOps.Tool" })
        {
            var packed = await RunAsync(
                Repository.Root, "dotnet", "pack", Path.Combine("src", project), "--no-build", "-c", Configuration, $"-p:PackageVersion={Version}", "-o", Folder,
                "-p:UseSharedCompilation=false", "-nodeReuse:false");
            packed.ExitCode.Should().Be(0, packed.Out + packed.Error);
        }

        Copy(Path.Combine(Repository.Root, "samples", "scripts"), Scripts);
        Feed = Environment.GetEnvironmentVariable("VMNODEOPS_FEED") ?? await FindFeedAsync();
    }

    public Task DisposeAsync()
    {
        Directory.Delete(Root, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Runs a program with the empty cache, in a folder.</summary>
    public Task<ProcessRun> RunAsync(string folder, string program, params string[] arguments) => RunAsync(folder, program, arguments, CancellationToken.None);

    public async Task<ProcessRun> RunAsync(string folder, string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Start(folder, program, arguments);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var error = process.StandardError.ReadToEndAsync(both.Token);
            var output = await process.StandardOutput.ReadToEndAsync(both.Token);
            await process.WaitForExitAsync(both.Token);
            return new ProcessRun(process.ExitCode, output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    public Process Start(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["NUGET_PACKAGES"] = Cache;
        start.Environment["VMNODEOPS_FEED"] = Feed;
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        // That the version is newer than the one that a script names is what this is about.
        start.Environment["NoWarn"] = "NU1603";
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.Ordinal) && name != "MSBUILDDISABLENODEREUSE").ToList())
        {
            start.Environment.Remove(name);
        }

        return Process.Start(start)!;
    }

    private async Task<string> FindFeedAsync()
    {
        var sources = await RunAsync(Path.GetPathRoot(Root)!, "dotnet", "nuget", "list", "source", "--format", "short");
        return sources.Out.Split('\n').Select(line => line.Trim()).First(line => line.StartsWith("E ", StringComparison.Ordinal) && line.Contains("://", StringComparison.Ordinal))[2..];
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}

/// <summary>Packs once for all tests that need packages.</summary>
[CollectionDefinition(Name)]
public sealed class PackedOnce : ICollectionFixture<PackedPackages>
{
    public const string Name = "Packages";
}
