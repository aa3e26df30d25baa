using System.Globalization;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Text;
using VmNodeOps.Benchmarks.Measuring;

namespace VmNodeOps.Benchmarks.Reporting;

/// <summary>What the figures were measured on: nothing that tells whose machine it is.</summary>
internal sealed record MachineFacts(DateOnly Date, int Cores, double MemoryGibibytes, string OperatingSystem, string Runtime, string Product, string? Kubectl, bool IsCompiledAhead)
{
    public static async Task<MachineFacts> ReadAsync(DateOnly date) => new(
        date,
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30),
        $"{Distribution()}, {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription,
        typeof(NodeMaintenance).Assembly.GetName().Version?.ToString(3) ?? "?",
        await KubectlAsync(),
        IsReadyToRun(typeof(NodeMaintenance).Assembly.Location));

    /// <summary>What to type for the same again.</summary>
    public string Command(IReadOnlyCollection<string> args) => IsCompiledAhead
        ? $"{(Means.Means.AreNative ? Native : "")}dotnet publish tests/VmNodeOps.Benchmarks -c Release -r linux-x64 --no-self-contained -p:PublishReadyToRun=true -o artifacts/benchmarks\ndotnet artifacts/benchmarks/VmNodeOps.Benchmarks.dll {string.Join(' ', args)}".Trim()
        : $"dotnet run -c Release --project tests/VmNodeOps.Benchmarks {(args.Count == 0 ? "" : $"-- {string.Join(' ', args)}")}".Trim();

    public void Write(StringBuilder text)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"| {Date:yyyy-MM-dd} | |");
        text.AppendLine("|---|---|");
        text.AppendLine(CultureInfo.InvariantCulture, $"| machine | {Cores} cores, {MemoryGibibytes:0} GiB, {OperatingSystem} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| versions | VmNodeOps {Product}, {Runtime}, kubectl {Kubectl ?? "not on the machine"}, simulated Kubernetes v1.34.1 with KubeVirt 1.9 |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| .NET programs, ours and floor alike | {(Means.Means.AreNative ? $"compiled natively (native AOT); on the runtime: {HowCompiled(IsCompiledAhead)}" : HowCompiled(IsCompiledAhead))} |");
    }

    private const string Native = """
        dotnet publish tests/VmNodeOps.Benchmarks.Means -c Release -r linux-x64 -p:PublishAot=true -o artifacts/benchmarks/native
        dotnet publish src/VmNodeOps.Tool -c Release -r linux-x64 -p:PublishAot=true -o artifacts/benchmarks/native

        """;

    private static string HowCompiled(bool isAhead) => isAhead ? "compiled ahead of time for this platform (ReadyToRun)" : "compiled just in time, as a package's code is";

    private static bool IsReadyToRun(string assembly)
    {
        using var reader = new PEReader(File.OpenRead(assembly));
        return reader.PEHeaders.CorHeader?.ManagedNativeHeaderDirectory.Size > 0;
    }

    private static string Distribution()
    {
        const string Release = "/etc/os-release";
        var name = File.Exists(Release)
            ? File.ReadLines(Release).FirstOrDefault(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?["PRETTY_NAME=".Length..].Trim('"')
            : null;
        return name ?? RuntimeInformation.OSDescription;
    }

    private static async Task<string?> KubectlAsync()
    {
        if (Executables.Find("kubectl") is null)
        {
            return null;
        }

        var home = Directory.CreateTempSubdirectory("vmnodeops-bench-");
        try
        {
            var asked = await ChildRun.OfAsync("kubectl", ["version", "--client"], Path.Combine(home.FullName, "none"), home.FullName, TimeSpan.FromSeconds(30));
            return asked.Output.Split('\n')[0].Replace("Client Version: ", "", StringComparison.Ordinal).Trim();
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
