using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Patching;

/// <summary>RFC 6902. An operation that cannot be done, a failed test among them, is the same bare 422 that a real server gives.</summary>
internal static class JsonPatch
{
    public static JsonObject Apply(JsonObject target, JsonArray patch)
    {
        JsonNode? root = target;
        foreach (var operation in patch)
        {
            if (operation is not JsonObject step || (string?)step["path"] is not { } path)
            {
                throw ApiErrors.BadRequest("json: cannot unmarshal into Go value of type jsonpatch.Operation");
            }

            root = ApplyOne(root, step, Pointer(path));
        }

        return root as JsonObject ?? throw Unprocessable();
    }

    private static JsonNode? ApplyOne(JsonNode? root, JsonObject step, string[] path)
    {
        switch ((string?)step["op"])
        {
            case "test":
                return TryFind(root, path, out var found) && JsonNode.DeepEquals(found, step["value"]) ? root : throw Unprocessable();
            case "add":
                return Add(root, path, step["value"]?.DeepClone());
            case "remove":
                Remove(root, path);
                return root;
            case "replace":
                Find(root, path);
                return Replace(root, path, step["value"]?.DeepClone());
            case "move":
            {
                var from = Pointer((string?)step["from"] ?? throw Unprocessable());
                var moved = Find(root, from)?.DeepClone();
                Remove(root, from);
                return Add(root, path, moved);
            }
            case "copy":
                return Add(root, path, Find(root, Pointer((string?)step["from"] ?? throw Unprocessable()))?.DeepClone());
            default:
                throw Unprocessable();
        }
    }

    private static JsonNode? Add(JsonNode? root, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            return value;
        }

        switch (Find(root, path[..^1]))
        {
            case JsonObject parent:
                parent[path[^1]] = value;
                return root;
            case JsonArray list:
                list.Insert(path[^1] == "-" ? list.Count : Index(path[^1], list.Count), value);
                return root;
            default:
                throw Unprocessable();
        }
    }

    private static JsonNode? Replace(JsonNode? root, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            return value;
        }

        switch (Find(root, path[..^1]))
        {
            case JsonObject parent:
                parent[path[^1]] = value;
                return root;
            case JsonArray list:
                list[Index(path[^1], list.Count - 1)] = value;
                return root;
            default:
                throw Unprocessable();
        }
    }

    private static void Remove(JsonNode? root, string[] path)
    {
        Find(root, path);
        switch (path.Length == 0 ? null : Find(root, path[..^1]))
        {
            case JsonObject parent:
                parent.Remove(path[^1]);
                break;
            case JsonArray list:
                list.RemoveAt(Index(path[^1], list.Count - 1));
                break;
            default:
                throw Unprocessable();
        }
    }

    private static JsonNode? Find(JsonNode? root, string[] path) => TryFind(root, path, out var found) ? found : throw Unprocessable();

    private static bool TryFind(JsonNode? root, string[] path, out JsonNode? found)
    {
        found = root;
        foreach (var part in path)
        {
            switch (found)
            {
                case JsonObject parent when parent.TryGetPropertyValue(part, out var member):
                    found = member;
                    break;
                case JsonArray list when int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count:
                    found = list[index];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static int Index(string part, int last) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= last ? index : throw Unprocessable();

    private static string[] Pointer(string path)
    {
        if (path.Length == 0)
        {
            return [];
        }

        return path[0] == '/'
            ? [.. path[1..].Split('/').Select(part =>
                part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
            : throw Unprocessable();
    }

    private static ApiErrorException Unprocessable() =>
        ApiErrorException.Create(422, "Invalid", "the server rejected our request due to an error in our request", []);
}
