using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Hosting;

/// <summary>The machinery, with calls noted down, and with answers of the test's own where it has some.</summary>
internal sealed class ScriptedRest(ApiMachinery api) : IRestHandler
{
    public Func<ApiCall, ApiAnswer?> Answer { get; set; } = _ => null;

    public List<ApiCall> Calls { get; } = [];

    public ApiAnswer Execute(ApiCall call)
    {
        lock (Calls)
        {
            Calls.Add(call);
        }

        return Answer(call) ?? api.Execute(call);
    }
}
