using System.Runtime.CompilerServices;

namespace VmNodeOps.Scripting.Tests.Runbooks;

/// <summary>What is said of runbooks that cannot be meant: golden files beside them; VMNODEOPS_ACCEPT=1 writes them anew.</summary>
public sealed class BrokenRunbookTests
{
    private static readonly string Folder = Path.Combine(Here(), "Broken");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_mistake_is_told_with_its_place_what_was_expected_and_the_nearest_right_name(string file)
    {
        var path = Path.Combine(Folder, file);
        var said = FluentActions.Invoking(() => Runbook.Load(path).Bind()).Should().Throw<RunbookException>().Which;
        var golden = Path.ChangeExtension(path, ".txt");
        if (Environment.GetEnvironmentVariable("VMNODEOPS_ACCEPT") == "1")
        {
            File.WriteAllText(golden, said.Message + "\n");
        }

        (said.Message + "\n").Should().Be(File.ReadAllText(golden));
        said.ExitCode.Should().Be(ExitCode.Usage);
        said.Problems.Should().NotBeEmpty().And.OnlyContain(problem => problem.File == file && problem.Line > 0 && problem.Column > 0);
    }

    [Fact]
    public void There_are_enough_of_them() => Files.Should().HaveCountGreaterThanOrEqualTo(15);

    [Theory]
    [InlineData(65 * 1024, "larger than 64 KiB")]
    [InlineData(20 * 1024, "more than 5000 values")]
    public void A_file_that_is_too_much_is_refused_before_it_costs_anything(int size, string message)
    {
        var text = "steps: [" + string.Concat(Enumerable.Repeat("a, ", size / 3)) + "]";

        FluentActions.Invoking(() => Runbook.Parse(text)).Should().Throw<RunbookException>().WithMessage($"*{message}*");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("a: [b")]
    [InlineData("- - - -")]
    [InlineData("\"")]
    [InlineData("? ? ?")]
    [InlineData("just words")]
    [InlineData("a: b: c")]
    [InlineData("\0")]
    [InlineData("%YAML 9")]
    public void Whatever_is_read_is_refused_in_words(string text) =>
        FluentActions.Invoking(() => Runbook.Parse(text)).Should().Throw<RunbookException>().Which.Problems.Should().NotBeEmpty();

    [Fact]
    public void A_file_that_is_not_there_is_said_so() =>
        FluentActions.Invoking(() => Runbook.Load("/no/such/runbook.yaml")).Should().Throw<RunbookException>().WithMessage("There is no runbook at /no/such/runbook.yaml.");

    [Fact]
    public void A_file_that_is_no_text_is_said_so()
    {
        var file = Path.GetTempFileName();
        File.WriteAllBytes(file, [.. "runbook: 1\nname: "u8, 0xFF, 0xFE, .. "\nnodes: worker-1\nsteps: [cordon]\n"u8]);

        FluentActions.Invoking(() => Runbook.Load(file)).Should().Throw<RunbookException>().WithMessage($"The runbook {file} is no text in UTF-8. Save it as such.");

        File.Delete(file);
    }

    [Fact]
    public void A_value_that_nobody_asked_for_is_told_with_the_nearest_variable() =>
        FluentActions.Invoking(() => Runbook.Load(Path.Combine(Folder, "06-missing-variable.yaml")).Bind(new Dictionary<string, string> { ["nod"] = "worker-1" }))
            .Should().Throw<RunbookException>().WithMessage(
                "06-missing-variable.yaml:1:1: the runbook has no variable 'nod'. Did you mean 'node'? It has: node, time.\n"
                + "06-missing-variable.yaml:4:3: the variable 'node' (the node) has no value. Give it one: --set node=…");

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
