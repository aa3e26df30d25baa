using System.Reflection;
using System.Runtime.CompilerServices;
using PublicApiGenerator;
using VmNodeOps.Testing;

namespace VmNodeOps.Tests.Architecture;

/// <summary>
/// What users can see, one readable file per package. A change of the public API shows up as a change of these files; write them anew by running the
/// tests with VMNODEOPS_ACCEPT=1.
/// </summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_API_of_Core_is_as_recorded() => Compare(typeof(NodeMaintenance).Assembly);

    [Fact]
    public void The_public_API_of_Testing_is_as_recorded() => Compare(typeof(SimulatedTime).Assembly);

    [Fact]
    public void The_public_API_of_Scripting_is_as_recorded() => Compare(typeof(Scripting.MaintenanceScript).Assembly);

    private static void Compare(Assembly assembly)
    {
        var options = new ApiGeneratorOptions { IncludeAssemblyAttributes = false, DenyNamespacePrefixes = [] };
        var now = assembly.GeneratePublicApi(options).ReplaceLineEndings("\n");
        var file = Path.Combine(Folder(), $"PublicApi.{assembly.GetName().Name}.txt");
        if (Environment.GetEnvironmentVariable("VMNODEOPS_ACCEPT") == "1")
        {
            File.WriteAllText(file, now);
        }

        now.Should().Be(File.ReadAllText(file).ReplaceLineEndings("\n"), "the public API changed; if that is meant, accept it");
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
