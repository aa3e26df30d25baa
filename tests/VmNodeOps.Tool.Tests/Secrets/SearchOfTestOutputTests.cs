using System.Diagnostics;
using VmNodeOps.Tests.Secrets;

namespace VmNodeOps.Tool.Tests.Secrets;

/// <summary>The search of the whole test run's output, which the build ends with: it finds a leak.</summary>
public sealed class SearchOfTestOutputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vmnodeops-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Output_without_a_secret_passes()
    {
        Write("tests.log", "Passed: everything");

        (await SearchAsync(PlantedSecrets.File, _folder)).Should().Be((0, ""));
    }

    [Fact]
    public async Task Each_planted_form_is_found_in_logs_and_reports_and_not_repeated()
    {
        foreach (var mark in PlantedSecrets.Marks)
        {
            Write("tests.log", "Passed: everything");
            Write(Path.Combine("deep", "run.trx"), $"<Message>leaks \"{mark}\" here</Message>");

            var (exitCode, talk) = await SearchAsync(PlantedSecrets.File, _folder);

            exitCode.Should().Be(1);
            talk.Should().Contain("run.trx").And.Contain("planted-secrets.txt");
            PlantedSecrets.FoundIn(talk).Should().BeEmpty("the search does not leak");
        }
    }

    [Fact]
    public async Task A_search_for_nothing_or_in_nothing_fails()
    {
        Write("empty-list", "# nothing\n\n");
        Write("tests.log", "Passed: everything");

        (await SearchAsync(Path.Combine(_folder, "empty-list"), _folder)).ExitCode.Should().Be(2);
        (await SearchAsync(PlantedSecrets.File, Path.Combine(_folder, "none"))).ExitCode.Should().Be(2);
        (await SearchAsync(PlantedSecrets.File)).ExitCode.Should().Be(2);
    }

    [Fact]
    public void The_build_searches_what_it_printed() => File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run"))
        .Should().Contain("find-planted-secrets.sh tests/planted-secrets.txt \"$results\"").And.Contain("| tee \"$results/tests.log\"");

    private void Write(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static async Task<(int ExitCode, string Talk)> SearchAsync(params string[] arguments)
    {
        using var search = Process.Start(new ProcessStartInfo("bash", [Path.Combine(Repository.Root, ".ci", "find-planted-secrets.sh"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var talk = await search.StandardError.ReadToEndAsync() + await search.StandardOutput.ReadToEndAsync();
        await search.WaitForExitAsync();
        return (search.ExitCode, talk);
    }
}
