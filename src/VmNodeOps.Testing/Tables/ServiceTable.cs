namespace VmNodeOps.Testing.Tables;

/// <summary>Services.</summary>
internal static class ServiceTable
{
    public static TableDefinition Definition { get; } = TableCatalog.Aged(
        [new("Type"), new("Cluster-IP"), new("External-IP"), new("Port(s)")],
        (json, _) =>
        [
            json.Text("spec", "type") ?? "ClusterIP", json.Text("spec", "clusterIP").OrNone(), "<none>",
            string.Join(',', json.Objects("spec", "ports").Select(port => $"{port.Text("port")}/{port.Text("protocol") ?? "TCP"}")).OrNone(),
        ],
        [new("Selector")],
        json => [WorkloadTables.Selector(json.Texts("spec", "selector"))]);
}
