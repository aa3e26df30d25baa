using System.Text.Json.Nodes;
using VmNodeOps.Testing;
using VmNodeOps.Tool.CommandLine;
using YamlDotNet.RepresentationModel;

namespace VmNodeOps.Scripting.Tests.Access;

/// <summary>Each procedure with exactly the role that the tool writes for it, by users who have nothing else, on a server that enforces rights.</summary>
public sealed class ProcedureRightsTests
{
    /// <summary>Rights that an undisturbed run does not use, and what they are for.</summary>
    private static readonly string[] ForTrouble =
    [
        "update coordination.k8s.io/leases",                 // the lock of a run that takes more than 15 s, or that takes over one that has run out
        "patch kubevirt.io/virtualmachineinstances",         // an instance of which KubeVirt has not noticed that it is dead
        "update /configmaps",                                // a journal that a run which died has left
        "delete /configmaps",                                // the undo of an opened window
        "get /pods",                                         // a pod that does not go, looked at once more
        "get kubevirt.io/virtualmachineinstances",           // a few machines that have left in a run that died are read one by one
        "list /nodes", "get /nodes",
    ];

    /// <summary>Machines that their maintenance shut down are started on the way back.</summary>
    private static readonly string[] ForOwedStarts =
    [
        "list kubevirt.io/virtualmachineinstances", "watch kubevirt.io/virtualmachineinstances", "get kubevirt.io/virtualmachines", "patch kubevirt.io/virtualmachines",
        "update subresources.kubevirt.io/virtualmachines/start",
    ];

    [Theory]
    [InlineData("drain")]
    [InlineData("return")]
    [InlineData("recover")]
    public async Task A_procedure_runs_with_exactly_its_role_and_uses_all_of_it(string procedure)
    {
        await using var cluster = await StartAsync(procedure);
        var role = await RoleAsync(procedure);
        Grant(cluster.Simulated, "exact", role);
        cluster.Simulated.Requests.Clear();

        var run = await RunAsync(cluster, "exact", procedure);

        run.ExitCode.Should().Be(ExitCode.Done, run.Out + run.Error);
        var used = cluster.Simulated.Requests.Where(request => request.User == "exact")
            .Select(request => $"{request.Verb} {request.Group}/{request.Resource}{(request.Subresource is { Length: > 0 } sub ? $"/{sub}" : "")}").ToHashSet();
        Atoms(role).Select(atom => atom.ToString()).Distinct().Except(used).Should().BeSubsetOf(procedure == "return" ? [.. ForTrouble, .. ForOwedStarts] : ForTrouble, "a right that nobody uses is one too many");
    }

    [Theory]
    [InlineData("drain")]
    [InlineData("return")]
    [InlineData("recover")]
    public async Task Without_any_single_right_nothing_is_written_and_the_right_is_named(string procedure)
    {
        await using var cluster = await StartAsync(procedure);
        var role = await RoleAsync(procedure);
        var atoms = Atoms(role).ToList();
        var wrong = new List<string>();
        foreach (var (atom, number) in atoms.Select((atom, number) => (atom, number)))
        {
            var user = $"short-{number}";
            Grant(cluster.Simulated, user, Without(role, atom));
            cluster.Simulated.Requests.Clear();
            var run = await RunAsync(cluster, user, procedure);
            var writes = cluster.Simulated.Requests.Where(request => request.User == user && request is { IsWrite: true, StatusCode: < 400 and > 0 }).ToList();
            var resource = atom.Resource.Split('/')[0];
            if (run.ExitCode != ExitCode.NotPermitted || writes.Count > 0 || !(run.Out + run.Error).Contains(resource, StringComparison.Ordinal))
            {
                wrong.Add($"without {atom}: {run.ExitCode}, {writes.Count} writes: {run.Out}{run.Error}");
            }
        }

        atoms.Should().HaveCountGreaterThan(5);
        wrong.Should().BeEmpty();
    }

    [Fact]
    public async Task All_missing_rights_are_listed_at_once_with_a_role_that_grants_them()
    {
        await using var cluster = await StartAsync("drain");
        var readOnly = Atoms(await RoleAsync("drain")).Where(atom => atom.Verb is "get" or "list" or "watch").ToList();
        Grant(cluster.Simulated, "reader", readOnly.Select(atom => atom.ToDocument()));

        var run = await RunAsync(cluster, "reader", "drain");

        run.ExitCode.Should().Be(ExitCode.NotPermitted);
        run.Out.Should().Contain("create pods/eviction").And.Contain("patch nodes worker-1").And.Contain("create leases.coordination.k8s.io in medik8s-leases")
            .And.Contain("delete configmaps in vmnodeops").And.Contain("name: vmnodeops-missing");
        var lines = run.Out.Split('\n').SkipWhile(line => !line.StartsWith("apiVersion:", StringComparison.Ordinal));
        var yaml = string.Join('\n', lines.TakeWhile(line => !line.StartsWith("  Note:", StringComparison.Ordinal) && !line.StartsWith("  Warning:", StringComparison.Ordinal)));
        Grant(cluster.Simulated, "reader", Documents(yaml), "more");
        var again = await RunAsync(cluster, "reader", "drain");
        again.ExitCode.Should().NotBe(ExitCode.NotPermitted, again.Out + again.Error);
    }

    [Fact]
    public async Task The_documentation_has_the_roles_that_the_tool_writes()
    {
        var file = Path.Combine(Repository.Root, "docs", "rbac.md");
        var text = await File.ReadAllTextAsync(file);
        foreach (var procedure in new[] { "drain", "return", "recover" })
        {
            var role = (await ToolAsync("rbac", procedure)).Out;
            var (begin, end) = ($"<!-- vmnodeops rbac {procedure} -->\n```yaml\n", "```");
            var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
            var to = text.IndexOf(end, from, StringComparison.Ordinal);
            if (Environment.GetEnvironmentVariable("VMNODEOPS_ACCEPT") == "1")
            {
                text = text[..from] + role + text[to..];
                await File.WriteAllTextAsync(file, text);
            }
            else
            {
                text[from..to].Should().Be(role);
            }
        }
    }

    private static async Task<ScriptCluster> StartAsync(string procedure)
    {
        var cluster = await ScriptCluster.StartAsync();
        switch (procedure)
        {
            case "return":
                (await RunAsync(cluster, null, "drain")).ExitCode.Should().Be(ExitCode.Done);
                // A node that is cordoned although nothing has cordoned it is left so; this one was cordoned by its maintenance.
                break;
            case "recover":
                // A plain pod with a claim, so that claims are read.
                cluster.Simulated.Objects.Create(JsonNode.Parse("""
                    { "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "reader", "namespace": "default" },
                      "spec": { "nodeName": "worker-1", "containers": [ { "name": "main", "image": "example/reader" } ],
                                "volumes": [ { "name": "data", "persistentVolumeClaim": { "claimName": "none" } } ] } }
                    """)!.AsObject());
                cluster.Simulated.CrashNode("worker-1");
                await cluster.Simulated.Time.AdvanceAsync(TimeSpan.FromSeconds(60));
                break;
        }

        return cluster;
    }

    private static async Task<ScriptRun> RunAsync(ScriptCluster cluster, string? user, string procedure)
    {
        var kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(kubeconfig, user is null ? cluster.Simulated.Kubeconfig : cluster.Simulated.KubeconfigFor(user));
        string[] words = procedure == "recover" ? ["recover", "worker-1", "--confirmed-by", "me", "--reason", "I pulled the plug"] : [procedure, "worker-1"];
        var run = await ToolAsync([.. words, "--yes", "--quiet", "--kubeconfig", kubeconfig], cluster.Simulated.Time);
        File.Delete(kubeconfig);
        return run;
    }

    private static async Task<List<JsonObject>> RoleAsync(string procedure) => [.. Documents((await ToolAsync("rbac", procedure)).Out)];

    private static Task<ScriptRun> ToolAsync(params string[] arguments) => ToolAsync(arguments, TimeProvider.System);

    private static async Task<ScriptRun> ToolAsync(string[] arguments, TimeProvider time)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await Application.RunAsync(arguments, new HostConsole(output, error, TextReader.Null), time, CancellationToken.None);
        return new ScriptRun(exitCode, output.ToString(), error.ToString());
    }

    private static IEnumerable<JsonObject> Documents(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Select(document => ToJson(document.RootNode)!.AsObject());
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, ToJson(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static IEnumerable<Atom> Atoms(IEnumerable<JsonObject> role) =>
        from document in role
        where (string?)document["kind"] != "Namespace"
        from rule in document["rules"]!.AsArray()
        from resource in rule!["resources"]!.AsArray()
        from verb in rule["verbs"]!.AsArray()
        select new Atom((string?)document["metadata"]!["namespace"], (string)rule["apiGroups"]![0]!, (string)resource!, (string)verb!);

    private static IEnumerable<JsonObject> Without(IEnumerable<JsonObject> role, Atom missing) =>
        Atoms(role).Where(atom => atom != missing).Select(atom => atom.ToDocument());

    private static void Grant(SimulatedCluster cluster, string user, IEnumerable<JsonObject> documents, string mark = "role")
    {
        foreach (var (document, number) in documents.Select((document, number) => (document, number)))
        {
            var role = (JsonObject)document.DeepClone();
            var ns = (string?)role["metadata"]!["namespace"];
            if (ns is not null && cluster.Objects.Get("namespaces", ns, null) is null)
            {
                cluster.Objects.Create(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = ns } });
            }

            if ((string?)role["kind"] == "Namespace")
            {
                continue;
            }

            var name = $"{user}-{mark}-{number}";
            role["metadata"]!["name"] = name;
            cluster.Objects.Create(role);
            var kind = (string)role["kind"]!;
            var binding = new JsonObject
            {
                ["apiVersion"] = "rbac.authorization.k8s.io/v1",
                ["kind"] = $"{kind}Binding",
                ["metadata"] = role["metadata"]!.DeepClone(),
                ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = kind, ["name"] = name },
                ["subjects"] = new JsonArray(new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "User", ["name"] = user }),
            };
            cluster.Objects.Create(binding);
        }
    }

    /// <summary>One verb on one resource.</summary>
    private sealed record Atom(string? Namespace, string Group, string Resource, string Verb)
    {
        public override string ToString() => $"{Verb} {Group}/{Resource}";

        public JsonObject ToDocument()
        {
            var metadata = new JsonObject { ["name"] = "any" };
            if (Namespace is not null)
            {
                metadata["namespace"] = Namespace;
            }

            return new JsonObject
            {
                ["apiVersion"] = "rbac.authorization.k8s.io/v1",
                ["kind"] = Namespace is null ? "ClusterRole" : "Role",
                ["metadata"] = metadata,
                ["rules"] = new JsonArray(new JsonObject
                {
                    ["apiGroups"] = new JsonArray(Group), ["resources"] = new JsonArray(Resource), ["verbs"] = new JsonArray(Verb),
                }),
            };
        }
    }
}
