using System.Reflection;
using VmNodeOps.Cluster;
using VmNodeOps.Testing;

namespace VmNodeOps.Tests.Architecture;

public sealed class LayeringTests
{
    private static readonly Assembly Core = typeof(NodeMaintenance).Assembly;

    /// <summary>The gate; the lock that the gate asks, which is taken before there is a gate; and the reads, for a dry run that stores nothing.</summary>
    private static readonly Type[] WritesItself = [typeof(WriteGate), typeof(NodeLock), typeof(NodeLockTaking), typeof(ClusterReads)];

    [Fact]
    public void Only_the_adapter_sees_the_Kubernetes_client()
    {
        var others = from call in Calls.In(Core)
                     where IsOfKubernetesClient(call.Callee) && !IsOfAdapter(Calls.Written(call.Caller.DeclaringType!))
                     select $"{call.Caller.DeclaringType} uses {call.Callee.DeclaringType}.{call.Callee.Name}";

        others.Distinct().Should().BeEmpty();
    }

    [Fact]
    public void No_signature_of_the_port_shows_the_Kubernetes_client()
    {
        var shown = from type in Core.GetExportedTypes()
                    where type.Namespace != "VmNodeOps.Kubernetes"
                    from member in type.GetMembers()
                    where SignatureTypes(member).Any(IsOfKubernetesClient)
                    select $"{type}.{member.Name}";

        shown.Should().BeEmpty();
    }

    [Fact]
    public void The_simulated_cluster_knows_neither_the_adapter_nor_its_models()
    {
        typeof(SimulatedTime).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name)
            .Should().NotContain(["VmNodeOps.Core", "KubernetesClient"]);
    }

    [Fact]
    public void Every_write_of_the_port_goes_through_the_gate()
    {
        var writes = PortWrites().ToHashSet();
        var around = from call in Calls.In(Core)
                     where call.Callee is MethodInfo callee && writes.Contains(callee)
                     let written = Calls.Written(call.Caller.DeclaringType!)
                     where !WritesItself.Contains(written) && written.Namespace != "VmNodeOps.Kubernetes" && !WasHandedTheCluster(call.Caller)
                     select $"{written} calls {call.Callee.DeclaringType!.Name}.{call.Callee.Name}";

        writes.Should().HaveCountGreaterThan(10, "otherwise this test looks at nothing");
        around.Distinct().Should().BeEmpty("a write that goes around WriteGate is not checked and not recorded");
    }

    [Fact]
    public void Only_the_runner_and_the_gate_hold_a_cluster_that_can_be_written_to()
    {
        Type[] allowed = [typeof(MaintenanceRunner), typeof(LockedRun), .. WritesItself];
        var holders = from type in Core.GetTypes()
                      where !type.Name.StartsWith('<') && type.Namespace != "VmNodeOps.Kubernetes"
                      where type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
                          .Any(field => typeof(IClusterClient).IsAssignableFrom(field.FieldType))
                      select type;

        holders.Should().BeSubsetOf(allowed);
    }

    [Fact]
    public void Async_methods_say_so_and_can_be_cancelled()
    {
        var odd = from type in Core.GetExportedTypes()
                  from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly)
                  where IsAwaitable(method.ReturnType) && method.Name != nameof(IAsyncDisposable.DisposeAsync)
                  where !method.Name.EndsWith("Async", StringComparison.Ordinal)
                      || method.GetParameters().LastOrDefault()?.ParameterType != typeof(CancellationToken)
                  select $"{type}.{method.Name}";

        odd.Should().BeEmpty();
    }

    private static IEnumerable<MethodInfo> PortWrites() =>
        from type in Core.GetExportedTypes()
        where type is { IsInterface: true, Namespace: "VmNodeOps.Cluster" } && type != typeof(IServer) && type != typeof(IAccessReviews) && type != typeof(IRemediations)
        where !(type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IClusterReader<>))
        from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
        where IsAwaitable(method.ReturnType)
        select method;

    /// <summary>Outside the runner, a cluster that can be written to is only ever handed out by the gate, to the lambda that it was given.</summary>
    private static bool WasHandedTheCluster(MethodBase caller) =>
        caller.GetParameters().Any(parameter => parameter.ParameterType == typeof(IClusterClient))
        || (caller.DeclaringType!.Name.StartsWith('<')
            && caller.DeclaringType.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Any(field => field.FieldType == typeof(IClusterClient)));

    private static bool IsAwaitable(Type type) =>
        type == typeof(Task) || type == typeof(ValueTask)
        || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>)));

    private static IEnumerable<Type> SignatureTypes(MemberInfo member) => member switch
    {
        MethodBase method => method.GetParameters().Select(parameter => parameter.ParameterType)
            .Append((method as MethodInfo)?.ReturnType ?? typeof(void)),
        PropertyInfo property => [property.PropertyType],
        FieldInfo field => [field.FieldType],
        _ => [],
    };

    private static bool IsOfAdapter(Type type) =>
        type.Namespace == "VmNodeOps.Kubernetes" || type.Namespace?.StartsWith("VmNodeOps.Kubernetes.", StringComparison.Ordinal) == true;

    private static bool IsOfKubernetesClient(MemberInfo member) => IsOfKubernetesClient(member as Type ?? member.DeclaringType);

    private static bool IsOfKubernetesClient(Type? type) =>
        type is not null
        && (type.Assembly.GetName().Name == "KubernetesClient" || type.GetGenericArguments().Any(IsOfKubernetesClient));
}
