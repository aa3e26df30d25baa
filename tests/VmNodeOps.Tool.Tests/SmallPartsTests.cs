
namespace VmNodeOps.Tool.Tests;

public sealed class SmallPartsTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30m", 1800)]
    [InlineData("1h30m", 5400)]
    [InlineData("1h0m5s", 3605)]
    [InlineData("00:30:00", 1800)]
    public void Times_are_read_as_people_type_them(string text, int seconds)
    {
        Durations.TryParse(text, out var duration).Should().BeTrue();
        duration.Should().Be(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m30")]
    [InlineData("30m ")]
    [InlineData("-5s")]
    [InlineData("0h0m")]
    [InlineData("00:00:00")]
    [InlineData("1.5h")]
    [InlineData("99999h9999999m999999999s9")]
    public void What_is_no_time_is_refused(string text) => Durations.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void Text_keeps_its_lines_and_a_line_keeps_to_itself()
    {
        Printable.Text("a\tb\nc\rd\u001b[1m").Should().Be("a\tb\nc\uFFFDd\uFFFD[1m");
        Printable.Line("a\nb\tc").Should().Be("a\uFFFDb\uFFFDc");
        Printable.Line("größer → 日本").Should().Be("größer → 日本");
    }

    [Fact]
    public void Every_exit_code_is_in_the_readme_of_the_tool()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "VmNodeOps.Tool", "README.md"));

        Enum.GetValues<ExitCode>().Should().OnlyContain(code => readme.Contains($"| {(int)code} | "));
    }

    [Theory]
    [InlineData(MaintenanceResult.Succeeded, 0)]
    [InlineData(MaintenanceResult.Refused, 3)]
    [InlineData(MaintenanceResult.HeldByAnother, 6)]
    [InlineData(MaintenanceResult.Blocked, 3)]
    [InlineData(MaintenanceResult.Failed, 1)]
    [InlineData(MaintenanceResult.TimedOut, 4)]
    [InlineData(MaintenanceResult.Cancelled, 130)]
    public void Every_end_of_a_run_has_its_exit_code(MaintenanceResult result, int exitCode)
    {
        var report = new MaintenanceReport
        {
            NodeName = "worker-1",
            Result = result,
            Summary = "",
            StartedAt = default,
            FinishedAt = default,
            Steps = [],
        };

        ((int)ExitCodes.Of(report)).Should().Be(exitCode);
    }
}
