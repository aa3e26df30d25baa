using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Patching;

/// <summary>The patch format of the built-in types: maps merge, null removes, some lists merge by key, directives delete, replace and order.</summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string ElementOrder = "$setElementOrder/";
    private const string DeleteFromList = "$deleteFromPrimitiveList/";

    public static JsonObject Apply(JsonObject target, JsonObject patch) => Merge(target, patch, parent: "");

    /// <param name="parent">The name of the field that holds these objects, by which lists below are known.</param>
    private static JsonObject Merge(JsonObject target, JsonObject patch, string parent)
    {
        switch ((string?)patch[Directive])
        {
            case "replace":
                return Without(patch, Directive);
            case "delete":
                return [];
        }

        if (patch[RetainKeys] is JsonArray retained)
        {
            var keys = retained.Select(key => (string?)key).ToHashSet();
            target.Select(member => member.Key).Where(member => !keys.Contains(member)).ToList().ForEach(member => target.Remove(member));
        }

        foreach (var (member, value) in patch)
        {
            if (member.StartsWith(DeleteFromList, StringComparison.Ordinal))
            {
                DeleteValues(target[member[DeleteFromList.Length..]] as JsonArray, value as JsonArray);
            }
            else if (member[0] != '$')
            {
                MergeMember(target, member, value, parent);
            }
        }

        foreach (var (member, order) in patch.Where(member => member.Key.StartsWith(ElementOrder, StringComparison.Ordinal)))
        {
            Reorder(target, member[ElementOrder.Length..], order as JsonArray, parent);
        }

        return target;
    }

    private static void MergeMember(JsonObject target, string member, JsonNode? value, string parent)
    {
        switch (value)
        {
            case null:
            case JsonObject { Count: 1 } deletion when (string?)deletion[Directive] == "delete":
                target.Remove(member);
                break;
            case JsonObject nested:
                var existing = target[member] as JsonObject ?? [];
                target.Remove(member);
                target[member] = Merge(existing, nested, member);
                break;
            case JsonArray list when MergeKeys.Of(parent, member) is { } key:
                var items = target[member] as JsonArray ?? [];
                target.Remove(member);
                target[member] = key == MergeKeys.Set ? Union(items, list) : MergeList(items, list, key, member);
                break;
            default:
                target[member] = value.DeepClone();
                break;
        }
    }

    private static JsonArray MergeList(JsonArray target, JsonArray patch, string key, string field)
    {
        if (patch.OfType<JsonObject>().Any(item => (string?)item[Directive] == "replace"))
        {
            return new JsonArray([.. patch.OfType<JsonObject>().Where(item => (string?)item[Directive] != "replace").Select(item => item.DeepClone())]);
        }

        foreach (var item in patch)
        {
            if (item is not JsonObject entry || entry[key] is not { } value)
            {
                throw ApiErrors.BadRequest($"map: {item?.ToJsonString()} does not contain declared merge key: {key}");
            }

            var index = IndexOf(target, key, value);
            if ((string?)entry[Directive] == "delete")
            {
                if (index >= 0)
                {
                    target.RemoveAt(index);
                }
            }
            else if (index >= 0)
            {
                var existing = target[index]!.AsObject();
                target[index] = null;
                target[index] = Merge(existing, entry, field);
            }
            else
            {
                target.AddNode(Merge([], entry, field));
            }
        }

        return target;
    }

    private static int IndexOf(JsonArray list, string key, JsonNode value)
    {
        for (var index = 0; index < list.Count; index++)
        {
            if (JsonNode.DeepEquals(list[index]?[key], value))
            {
                return index;
            }
        }

        return -1;
    }

    private static JsonArray Union(JsonArray target, JsonArray patch)
    {
        foreach (var value in patch)
        {
            if (!target.Any(existing => JsonNode.DeepEquals(existing, value)))
            {
                target.Add(value?.DeepClone());
            }
        }

        return target;
    }

    private static void DeleteValues(JsonArray? target, JsonArray? values)
    {
        foreach (var value in values ?? [])
        {
            target?.RemoveAll(existing => JsonNode.DeepEquals(existing, value));
        }
    }

    /// <summary>Puts the elements that the patch's author knew into his order; those that he did not know keep their places behind.</summary>
    private static void Reorder(JsonObject target, string member, JsonArray? order, string parent)
    {
        if (target[member] is not JsonArray list || order is null || MergeKeys.Of(parent, member) is not { } key)
        {
            return;
        }

        JsonNode? Identity(JsonNode? element) => key == MergeKeys.Set ? element : element?[key];
        int Rank(JsonNode? element)
        {
            var rank = order.ToList().FindIndex(known => JsonNode.DeepEquals(Identity(known), Identity(element)));
            return rank < 0 ? int.MaxValue : rank;
        }

        var sorted = list.OrderBy(Rank).Select(element => element?.DeepClone()).ToArray();
        target[member] = new JsonArray(sorted);
    }

    private static JsonObject Without(JsonObject patch, string member)
    {
        var copy = patch.DeepClone().AsObject();
        copy.Remove(member);
        return copy;
    }
}
