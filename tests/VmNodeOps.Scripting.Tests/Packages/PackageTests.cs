using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace VmNodeOps.Scripting.Tests.Packages;

/// <summary>The packages as their users get them.</summary>
[Collection(PackedOnce.Name)]
public sealed partial class PackageTests(PackedPackages packages)
{
    public static TheoryData<string> Libraries => ["VmNodeOps.Core", "VmNodeOps.Testing", "VmNodeOps.Scripting"];

    public static TheoryData<string> All => ["VmNodeOps.Core", "VmNodeOps.Testing", "VmNodeOps.Scripting", "VmNodeOps.Tool"];

    [Theory]
    [MemberData(nameof(All))]
    public void A_package_has_what_its_page_shows(string id)
    {
        using var package = Open(id);
        var metadata = Nuspec(package).Descendants().First(element => element.Name.LocalName == "metadata");
        string? Text(string name) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;

        Text("readme").Should().Be("README.md");
        Text("icon").Should().Be("icon.png");
        Text("license").Should().Be("Apache-2.0");
        Text("description").Should().NotBeNullOrWhiteSpace();
        Text("tags").Should().Contain("kubevirt");
        package.GetEntry("README.md").Should().NotBeNull();
        package.GetEntry("icon.png")!.Length.Should().BeGreaterThan(100);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_library_has_documentation_and_symbols_of_a_deterministic_build(string id)
    {
        using var package = Open(id);
        using var symbols = ZipFile.OpenRead(Path.Combine(packages.Folder, $"{id}.{PackedPackages.Version}.snupkg"));

        package.GetEntry($"lib/net10.0/{id}.xml").Should().NotBeNull();
        using var assembly = new PEReader(new MemoryStream(Bytes(package.GetEntry($"lib/net10.0/{id}.dll")!)));
        assembly.ReadDebugDirectory().Should().Contain(entry => entry.Type == DebugDirectoryEntryType.Reproducible);
        using var pdb = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(Bytes(symbols.GetEntry($"lib/net10.0/{id}.pdb")!)));
        var reader = pdb.GetMetadataReader();
        var embedded = new Guid("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
        reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Count(info => reader.GetGuid(info.Kind) == embedded)
            .Should().BeGreaterThan(10, "a debugger shows the sources");
    }

    /// <summary>Reads the nuspecs of ours and of everything that they lead to, as restored from the feed.</summary>
    [Fact]
    public async Task What_users_restore_has_no_compiler_in_it()
    {
        await RestoreAsync("closure", "VmNodeOps.Core", "VmNodeOps.Testing", "VmNodeOps.Scripting");
        var closure = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        var open = new Queue<string>(["VmNodeOps.Core", "VmNodeOps.Testing", "VmNodeOps.Scripting"]);
        while (open.TryDequeue(out var id))
        {
            if (closure.Add(id))
            {
                var folder = Path.Combine(packages.Cache, id.ToLowerInvariant());
                var nuspec = Directory.GetFiles(folder, "*.nuspec", SearchOption.AllDirectories).Should().NotBeEmpty($"{id} was restored").And.Subject.First();
                foreach (var dependency in XDocument.Load(nuspec).Descendants().Where(element => element.Name.LocalName == "dependency" && Counts(element)))
                {
                    open.Enqueue(dependency.Attribute("id")!.Value);
                }
            }
        }

        closure.Should().Contain(["KubernetesClient", "YamlDotNet", "Spectre.Console"], "otherwise nothing was read");
        closure.Should().NotContain(id => id.StartsWith("Microsoft.CodeAnalysis", StringComparison.OrdinalIgnoreCase) || id.Contains("Compiler", StringComparison.OrdinalIgnoreCase)
            || id.Contains("Roslyn", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_packages_work_in_an_empty_folder_as_their_readmes_say()
    {
        var folder = await RestoreAsync("empty", "VmNodeOps.Core", "VmNodeOps.Testing", "VmNodeOps.Scripting");
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), """
            using VmNodeOps;
            using VmNodeOps.Kubernetes;
            using VmNodeOps.Scripting;
            using VmNodeOps.Testing;

            await using var simulated = await SimulatedCluster.StartAsync(builder => builder
                .WithNodes("worker-1", "worker-2", "worker-3")
                .WithVirtualMachine("db", machine => machine.On("worker-1").WithDisk()));
            simulated.WriteKubeconfig("kubeconfig.yaml");
            using var cluster = KubernetesCluster.FromKubeConfig("kubeconfig.yaml", options: new() { TimeProvider = simulated.Time });
            var report = await new MaintenanceRunner(cluster, simulated.Time).RunAsync(NodeMaintenance.OnNode("worker-1").GracefulShutdown());
            Console.WriteLine(report.Result);
            return await MaintenanceScript.RunAsync(["worker-2", "--dry-run", "--kubeconfig", "kubeconfig.yaml"], script => script.OnNode().GracefulShutdown());
            """);

        var run = await packages.RunAsync(folder, "dotnet", "run");

        run.ExitCode.Should().Be(0, run.Out + run.Error);
        run.Out.Should().StartWith("Succeeded\nPlan for node worker-2");
    }

    [Fact]
    public async Task The_tool_installs_from_the_folder_and_runs()
    {
        var folder = Prepare("tool");

        var install = await packages.RunAsync(folder, "dotnet", "tool", "install", "VmNodeOps.Tool", "--version", PackedPackages.Version, "--tool-path", "tools");
        var vmnodeops = Path.Combine(folder, "tools", "vmnodeops");
        var role = await packages.RunAsync(folder, vmnodeops, "rbac", "drain");
        var mistake = await packages.RunAsync(folder, vmnodeops, "nodes", "--kubeconfig", "none.yaml");

        install.ExitCode.Should().Be(0, install.Out + install.Error);
        role.ExitCode.Should().Be(0, role.Error);
        role.Out.Should().Contain("kind: ClusterRole");
        mistake.ExitCode.Should().Be((int)ExitCode.Usage);
    }

    /// <summary>The scripts in README.md are those of the samples.</summary>
    [Fact]
    public async Task The_readme_shows_the_scripts_that_are_run()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        var shown = Script().Matches(readme).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["code"].Value);

        shown.Keys.Should().BeEquivalentTo("drain.csx", "recover.csx");
        foreach (var (name, code) in shown)
        {
            code.Should().Be(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples", "scripts", name)));
        }
    }

    /// <summary>Dependencies for this framework; those of older ones are not restored.</summary>
    private static bool Counts(XElement dependency) =>
        dependency.Parent!.Attribute("targetFramework")?.Value is not { } framework || framework is "net10.0"
        || (framework.StartsWith("net", StringComparison.Ordinal) && !dependency.Parent.Parent!.Elements().Any(group => group.Attribute("targetFramework")?.Value is "net10.0")
            && IsNewest(dependency.Parent));

    private static bool IsNewest(XElement group) =>
        group.Parent!.Elements().Select(other => other.Attribute("targetFramework")?.Value ?? "").Where(name => Modern().IsMatch(name)).OrderByDescending(name => name, StringComparer.Ordinal).FirstOrDefault()
            is not { } newest || newest == group.Attribute("targetFramework")!.Value;

    private async Task<string> RestoreAsync(string name, params string[] ids)
    {
        var folder = Prepare(name);
        var references = string.Concat(ids.Select(id => $"<PackageReference Include=\"{id}\" Version=\"{PackedPackages.Version}\" />"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "app.csproj"),
            $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup><ItemGroup>{references}</ItemGroup></Project>");
        var restore = await packages.RunAsync(folder, "dotnet", "restore");
        restore.ExitCode.Should().Be(0, restore.Out + restore.Error);
        restore.Out.Should().NotContain("warn", "what users restore must be quiet");
        return folder;
    }

    private string Prepare(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(packages.Root, "samples", name)).FullName;
        File.Copy(Path.Combine(packages.Scripts, "nuget.config"), Path.Combine(folder, "nuget.config"), overwrite: true);
        return folder;
    }

    private ZipArchive Open(string id) => ZipFile.OpenRead(Path.Combine(packages.Folder, $"{id}.{PackedPackages.Version}.nupkg"));

    private static XDocument Nuspec(ZipArchive package)
    {
        using var stream = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream);
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }

    [GeneratedRegex(@"<!-- script: (?<name>[\w.-]+) -->\n```c#\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex(@"^net[1-9][0-9]*\.0$")]
    private static partial Regex Modern();
}
