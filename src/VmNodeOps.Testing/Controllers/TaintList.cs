using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Changes of a node's taints, which are one atomic list.</summary>
internal static class TaintList
{
    /// <summary>Drops the taints that <paramref name="own"/> names unless they are wanted, and adds the wanted ones that are missing.</summary>
    public static void Replace(JsonObject node, Func<Taint, bool> own, IEnumerable<Taint> wanted, string now)
    {
        var spec = node.Section("spec");
        var missing = wanted.ToList();
        var taints = new JsonArray();
        foreach (var item in spec.Children("taints"))
        {
            var taint = new Taint(item.Text("key") ?? "", item.Text("value") ?? "", item.Text("effect") ?? "");
            if (missing.Remove(taint) || !own(taint))
            {
                taints.Add(item.DeepClone());
            }
        }

        foreach (var taint in missing)
        {
            taints.AddNode(new JsonObject { ["key"] = taint.Key, ["effect"] = taint.Effect, ["timeAdded"] = now });
        }

        spec.Put("taints", taints.Count == 0 ? null : taints);
    }
}
