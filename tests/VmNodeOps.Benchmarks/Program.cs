using VmNodeOps.Benchmarks.Server;

return args switch
{
    ["serve", .. var words] => await ServerProgram.RunAsync(words),
    _ => await VmNodeOps.Benchmarks.BenchmarkCommand.RunAsync(args),
};
