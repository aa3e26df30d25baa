using VmNodeOps.Benchmarks.Means;
using VmNodeOps.Benchmarks.Server;

return args switch
{
    ["serve", .. var words] => await ServerProgram.RunAsync(words),
    ["means", .. var words] => await MeansProgram.RunAsync(words),
    _ => await VmNodeOps.Benchmarks.BenchmarkCommand.RunAsync(args),
};
