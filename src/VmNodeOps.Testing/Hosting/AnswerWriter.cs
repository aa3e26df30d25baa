using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Tables;

namespace VmNodeOps.Testing.Hosting;

/// <summary>Writes what the machinery answers, in the form that the client asked for.</summary>
internal sealed class AnswerWriter(ServerSettings settings)
{
    private readonly WatchWriter _watches = new(settings);

    /// <summary>The form of the answer.</summary>
    /// <exception cref="ApiErrorException">The client takes only forms that this server cannot give.</exception>
    public static Representation Choose(Exchange exchange)
    {
        var isCollection = exchange.Target.Verb is "list" or "deletecollection";
        return Representation.Choose(exchange.Context.Request.Headers.Accept.ToString(), form => form.Shape switch
        {
            Shape.Table => true,
            Shape.Metadata => !isCollection,
            Shape.MetadataList => isCollection,
            _ => false,
        }) ?? throw RouteErrors.NotAcceptable();
    }

    public Task WriteAsync(Exchange exchange, ApiAnswer answer, Representation form) => answer switch
    {
        ObjectAnswer one => WriteObjectAsync(exchange, one, form),
        ListAnswer list => WriteListAsync(exchange, list, form),
        WatchAnswer watch => _watches.WriteAsync(exchange, watch, form),
        JsonAnswer { Body: null } empty => ResponseWriter.WriteAsync(exchange, empty.StatusCode, null, default),
        JsonAnswer json => ResponseWriter.WriteJsonAsync(exchange, json.StatusCode, json.Body),
        _ => throw new InvalidOperationException($"An answer of an unknown kind: {answer}"),
    };

    private Task WriteObjectAsync(Exchange exchange, ObjectAnswer answer, Representation form)
    {
        if (form.Shape == Shape.Plain)
        {
            return ResponseWriter.WriteAsync(exchange, answer.StatusCode, ResponseWriter.Json, WithNewLine(answer.Object.Utf8));
        }

        JsonObject body;
        if (form.Shape == Shape.Table)
        {
            var table = TableOf(exchange, form, answer.Object.Type);
            body = table.Document([answer.Object.Json], ResourceVersion(answer.Object.Json));
        }
        else
        {
            body = PartialMetadata.Of(answer.Object.Json, form.Version);
        }

        return ResponseWriter.WriteJsonAsync(exchange, answer.StatusCode, body);
    }

    private Task WriteListAsync(Exchange exchange, ListAnswer list, Representation form)
    {
        var revision = list.Revision.ToString(CultureInfo.InvariantCulture);
        if (form.Shape == Shape.Plain)
        {
            return ResponseWriter.WriteAsync(exchange, StatusCodes.Status200OK, ResponseWriter.Json, PlainList(list, revision));
        }

        JsonObject body;
        if (form.Shape == Shape.Table)
        {
            body = TableOf(exchange, form, list.Type).Document(list.Items.Select(item => item.Json), revision, list.Continue, list.RemainingItemCount);
        }
        else
        {
            body = new JsonObject
            {
                ["kind"] = "PartialObjectMetadataList",
                ["apiVersion"] = $"meta.k8s.io/{form.Version}",
                ["metadata"] = TableWriter.ListMetadata(revision, list.Continue, list.RemainingItemCount),
                ["items"] = new JsonArray([.. list.Items.Select(item => (JsonNode)PartialMetadata.Of(item.Json, form.Version))]),
            };
        }

        return ResponseWriter.WriteJsonAsync(exchange, StatusCodes.Status200OK, body);
    }

    private TableWriter TableOf(Exchange exchange, Representation form, ResourceType type) => new(
        TableCatalog.For(type, settings.Minor),
        new TableContext(exchange.Time.GetUtcNow(), settings.Minor),
        form.Version,
        exchange.Target.Query.GetValueOrDefault("includeObject", "Metadata"));

    private static string? ResourceVersion(JsonObject json) => (string?)json["metadata"]?["resourceVersion"];

    private static byte[] WithNewLine(ReadOnlyMemory<byte> utf8) => [.. utf8.Span, (byte)'\n'];

    /// <summary>Puts the stored bytes of the items one behind the other: lists of ten thousand pods are written without parsing any.</summary>
    private static ReadOnlyMemory<byte> PlainList(ListAnswer list, string revision)
    {
        var buffer = new ArrayBufferWriter<byte>(list.Items.Sum(item => item.Utf8.Length) + 1024);
        // Lists of custom resources name the token even where there is none.
        var metadata = TableWriter.ListMetadata(revision, list.Continue ?? (list.Type.Custom ? "" : null), list.RemainingItemCount);
        var head = $"{{\"kind\":\"{list.Type.Kind}List\",\"apiVersion\":\"{list.Type.ApiVersion}\",\"metadata\":{metadata.ToJsonString()},\"items\":[";
        buffer.Write(Encoding.UTF8.GetBytes(head));
        for (var index = 0; index < list.Items.Count; index++)
        {
            if (index > 0)
            {
                buffer.Write(","u8);
            }

            WriteItem(buffer, list.Items[index]);
        }

        buffer.Write("]}\n"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>Items of built-in lists carry neither kind nor apiVersion; those of custom resources do.</summary>
    private static void WriteItem(ArrayBufferWriter<byte> buffer, StoredObject item)
    {
        if (item.Type.Custom)
        {
            buffer.Write(item.Utf8.Span);
            return;
        }

        foreach (var prefix in Prefixes(item.Type))
        {
            if (item.Utf8.Span.StartsWith(prefix))
            {
                buffer.Write("{"u8);
                buffer.Write(item.Utf8.Span[prefix.Length..]);
                return;
            }
        }

        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        foreach (var (name, value) in item.Json)
        {
            if (name is not ("kind" or "apiVersion"))
            {
                writer.WritePropertyName(name);
                value!.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private static byte[][] Prefixes(ResourceType type) => PrefixCache.GetOrAdd(type, static type =>
    [
        Encoding.UTF8.GetBytes($"{{\"kind\":\"{type.Kind}\",\"apiVersion\":\"{type.ApiVersion}\","),
        Encoding.UTF8.GetBytes($"{{\"apiVersion\":\"{type.ApiVersion}\",\"kind\":\"{type.Kind}\","),
    ]);

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<ResourceType, byte[][]> PrefixCache =
        new(ReferenceEqualityComparer.Instance);
}
