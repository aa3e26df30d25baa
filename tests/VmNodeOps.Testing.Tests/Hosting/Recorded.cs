using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tests.Hosting;

/// <summary>The recorded exchanges of a real server.</summary>
internal static class Recorded
{
    private static readonly string Folder = Find();

    /// <summary>The body of the answer that was recorded under this number.</summary>
    public static JsonObject Answer(string number) => Exchange(number)["response"]!["body"]!.AsObject();

    public static JsonObject Exchange(string number) =>
        JsonNode.Parse(File.ReadAllText(Directory.EnumerateFiles(Folder, $"{number}-*.json").Single()))!.AsObject();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "VmNodeOps.Core.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The repository's root is not above the test's folder.");
        }

        return Path.Combine(folder.FullName, "tests", "wire");
    }
}
