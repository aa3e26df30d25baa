using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Hosting;

/// <summary>Stands in for the machinery where a test is about HTTP alone: reads come from the store, the rest from the test.</summary>
internal sealed class ScriptedRest(IClusterApi api) : IRestHandler
{
    public Func<ApiCall, ApiAnswer?> Answer { get; set; } = _ => null;

    public List<ApiCall> Calls { get; } = [];

    public ApiAnswer Execute(ApiCall call)
    {
        lock (Calls)
        {
            Calls.Add(call);
        }

        return Answer(call) ?? call.Verb switch
        {
            "list" => new ListAnswer(call.Type, api.List(call.Type, call.Namespace), 7, null, null),
            "get" when api.Get(call.Type, call.Namespace, call.Name!) is { } found => new ObjectAnswer(200, found),
            _ => throw ApiErrorException.Create(404, "NotFound", $"{call.Type.QualifiedName} \"{call.Name}\" not found"),
        };
    }
}
