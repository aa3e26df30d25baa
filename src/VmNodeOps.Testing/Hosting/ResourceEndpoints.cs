using System.Buffers;
using System.Text;
using VmNodeOps.Testing.Access;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Faults;

namespace VmNodeOps.Testing.Hosting;

/// <summary>Requests for resources: finds the route, reads the body, has the call done, and writes the answer.</summary>
internal sealed class ResourceEndpoints(IRestHandler rest, ServerSettings settings, FaultRules faults, AccessReviews reviews)
{
    private const int BodyLimit = 3 * 1024 * 1024;
    private const string Protobuf = "application/vnd.kubernetes.protobuf";

    private static readonly string[] PatchTypes =
    [
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml",
    ];

    private readonly AnswerWriter _answers = new(settings);

    public async Task AnswerAsync(Exchange exchange)
    {
        var target = exchange.Target;
        var route = Route.Find(NonResourceEndpoints.CatalogOf(settings), target);
        if (route is null)
        {
            await NonResourceEndpoints.WriteNotFoundAsync(exchange).ConfigureAwait(false);
            return;
        }

        var form = AnswerWriter.Choose(exchange);
        var body = await ReadBodyAsync(exchange).ConfigureAwait(false);
        var isReview = !route.Resource.Stored && !route.Resource.Aggregated;
        if (isReview && ContentType(exchange) == Protobuf && ProtobufReviews.ToJson(route.Type.Kind, body) is { } json)
        {
            body = json;
            exchange.Context.Request.ContentType = ResponseWriter.Json;
        }

        var contentType = ContentTypeOf(exchange, route.Type, body.Length);
        if (isReview)
        {
            await ResponseWriter.WriteJsonAsync(exchange, 201, reviews.Answer(route.Type, exchange.User, target.Namespace, body)).ConfigureAwait(false);
            return;
        }

        var call = new ApiCall
        {
            Verb = target.Verb,
            Type = route.Type,
            Namespace = route.Type.Namespaced && target.Namespace is { Length: > 0 } ns ? ns : null,
            Name = target.Name,
            Subresource = target.Subresource,
            Query = target.Query,
            ContentType = contentType,
            Body = body,
            User = exchange.User,
            UserAgent = exchange.Log.UserAgent,
        };
        var answer = Execute(exchange, call);
        await _answers.WriteAsync(exchange, answer, form).ConfigureAwait(false);
    }

    private ApiAnswer Execute(Exchange exchange, ApiCall call)
    {
        ApiAnswer? answer = null;
        if (!faults.TryApply(exchange.Log, () => answer = rest.Execute(call)))
        {
            exchange.Cut();
        }

        exchange.Log.Applied = exchange.Log.IsWrite && !IsDryRun(call);
        return answer!;
    }

    private static bool IsDryRun(ApiCall call) =>
        call.Query.GetValueOrDefault("dryRun", "").Length > 0
        || (call.Verb is "delete" or "deletecollection" or "create" && DryRunOption.IsIn(call.Body));

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(Exchange exchange)
    {
        var request = exchange.Context.Request;
        if (exchange.Target.Method is "GET" or "HEAD" || request.ContentLength == 0)
        {
            return default;
        }

        var buffer = new ArrayBufferWriter<byte>(request.ContentLength is > 0 and <= BodyLimit ? (int)request.ContentLength.Value : 1024);
        int read;
        do
        {
            read = await request.Body.ReadAsync(buffer.GetMemory(1024), exchange.Aborted).ConfigureAwait(false);
            buffer.Advance(read);
            if (buffer.WrittenCount > BodyLimit)
            {
                throw RouteErrors.TooLarge(BodyLimit);
            }
        }
        while (read > 0);

        exchange.Log.BytesIn = buffer.WrittenCount;
        exchange.Log.Body = Encoding.UTF8.GetString(buffer.WrittenSpan[..Math.Min(buffer.WrittenCount, exchange.BodyLimit)]);
        return buffer.WrittenMemory;
    }

    private static string? ContentType(Exchange exchange) => exchange.Context.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();

    private static string? ContentTypeOf(Exchange exchange, ResourceType type, int length)
    {
        var mediaType = ContentType(exchange);
        switch (exchange.Target.Verb)
        {
            case "patch":
                if (type.Custom && mediaType == "application/strategic-merge-patch+json" || !PatchTypes.Contains(mediaType))
                {
                    throw type.Custom
                        ? RouteErrors.UnsupportedBody(PatchTypes[0], PatchTypes[1], PatchTypes[3])
                        : RouteErrors.UnsupportedPatch();
                }

                return mediaType;
            case "create" or "update" or "delete" or "deletecollection" when length > 0 && mediaType is not null and not "application/json" and not "*/*":
                throw RouteErrors.UnsupportedBody("application/json");
            default:
                return mediaType;
        }
    }
}
