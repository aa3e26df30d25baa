using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VmNodeOps.Kubernetes.Wire;

/// <summary>What a page of a list says beside its items.</summary>
internal sealed record ListPageInfo(string ResourceVersion, string? Continue);

/// <summary>Reads a page item by item, so that what is not wanted leaves nothing behind in memory.</summary>
internal static class ListPage
{
    /// <summary>Whether an item is wanted, told from its JSON before it is read into objects.</summary>
    public delegate bool Filter(ref Utf8JsonReader item);

    /// <exception cref="JsonException">The body is no list.</exception>
    public static ListPageInfo Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type, Filter? wanted, Action<T> add)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A list is an object.");
        }

        ListPageInfo? info = null;
        var items = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                info = ReadInfo(ref reader);
            }
            else if (reader.ValueTextEquals("items"u8))
            {
                items = true;
                ReadItems(ref reader, type, wanted, add);
            }
            else
            {
                reader.Skip();
            }
        }

        return items && info is { ResourceVersion.Length: > 0 } found ? found : throw new JsonException("A list has items and a resourceVersion.");
    }

    /// <summary>Makes a filter for a text member one level deep: <c>spec.nodeName</c>.</summary>
    public static Filter Member(string outer, string inner, string value) => (ref Utf8JsonReader item) =>
    {
        if (!Enter(ref item, outer) || item.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        return Enter(ref item, inner) && item.TokenType == JsonTokenType.String && item.ValueTextEquals(value);
    };

    private static bool Enter(ref Utf8JsonReader reader, string member)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(member))
            {
                return reader.Read();
            }

            reader.Skip();
        }

        return false;
    }

    private static ListPageInfo? ReadInfo(ref Utf8JsonReader reader)
    {
        string? version = null, next = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isVersion = reader.ValueTextEquals("resourceVersion"u8);
            var isNext = reader.ValueTextEquals("continue"u8);
            reader.Read();
            if (isVersion)
            {
                version = reader.GetString();
            }
            else if (isNext)
            {
                next = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return new ListPageInfo(version ?? "", string.IsNullOrEmpty(next) ? null : next);
    }

    private static void ReadItems<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> type, Filter? wanted, Action<T> add)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var look = reader;
            if (wanted is null || wanted(ref look))
            {
                add(JsonSerializer.Deserialize(ref reader, type) ?? throw new JsonException("An item is an object."));
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
