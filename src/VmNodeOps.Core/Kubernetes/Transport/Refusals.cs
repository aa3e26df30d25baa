using System.Net;
using System.Text;
using System.Text.Json;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Transport;

/// <summary>Reads an answer that is no success, and says it as one paragraph.</summary>
internal static class Refusals
{
    /// <summary>The server's Status; null if the body is none.</summary>
    public static ServerStatus? Read(HttpResponseMessage response, ReadOnlySpan<byte> body)
    {
        StatusDto? status = null;
        if (IsJson(response))
        {
            try
            {
                status = JsonSerializer.Deserialize(body, WireJson.Default.StatusDto);
            }
            catch (JsonException)
            {
                // Whatever it is, it is no Status.
            }
        }

        return status?.Kind == "Status" ? Convert(status, (int)response.StatusCode, RetryAfter(response)) : null;
    }

    public static ServerStatus Convert(StatusDto status, int code, TimeSpan? retryAfter) => new()
    {
        Code = status.Code ?? code,
        Reason = status.Reason ?? "",
        Message = status.Message ?? "",
        Causes =
        [
            .. (status.Details?.Causes ?? []).Select(cause =>
                new StatusCause { Reason = cause.Reason ?? "", Message = cause.Message ?? "", Field = cause.Field ?? "" }),
        ],
        RetryAfter = retryAfter ?? (status.Details?.RetryAfterSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null),
    };

    /// <summary>The exception for an answer that is no success.</summary>
    public static ClusterException Of(ApiRequest request, HttpResponseMessage response, ReadOnlySpan<byte> body, string server)
    {
        body = WithoutToken(response, body);
        var code = (int)response.StatusCode;
        if (Read(response, body) is { } status)
        {
            return Of(request, status);
        }

        var text = Excerpt(body);
        var said = new ServerStatus { Code = code, Message = text, RetryAfter = RetryAfter(response) };
        // The server's own flow control, and proxies before it, refuse in plain text.
        return code switch
        {
            429 => Of(request, said),
            401 => Of(request, said),
            >= 500 => new ClusterException(ClusterErrorCause.ServerError, $"Could not {request.What}: {server} answered {code} {Named(response)}{Quoted(text)}. {Advice(ClusterErrorCause.ServerError)}")
            {
                Status = said,
                MayHaveBeenApplied = !request.IsRead,
            },
            _ => NotKubernetes(request, response, said, server),
        };
    }

    /// <summary>The exception for a Status.</summary>
    public static ClusterException Of(ApiRequest request, ServerStatus status)
    {
        var cause = CauseOf(status);
        var message = status.Message.Length > 0 ? status.Message.TrimEnd('.') : $"the server answered {status.Code} {status.Reason}".TrimEnd();
        return new ClusterException(cause, $"Could not {request.What}: {message}. {Advice(cause)}".TrimEnd())
        {
            Status = status,
            MayHaveBeenApplied = !request.IsRead && LeavesOpen(status),
        };
    }

    private static ClusterErrorCause CauseOf(ServerStatus status) => status.Code switch
    {
        400 or 405 or 406 or 413 or 415 => ClusterErrorCause.Invalid,
        401 => ClusterErrorCause.Unauthorized,
        403 => ClusterErrorCause.Forbidden,
        // The answer of an aggregated server, or of one whose API lacks the kind; that of a missing object names it.
        404 when status.Message.Contains("could not find the requested resource", StringComparison.Ordinal) => ClusterErrorCause.NotKubernetes,
        404 => ClusterErrorCause.NotFound,
        409 => status.Reason == "AlreadyExists" ? ClusterErrorCause.AlreadyExists : ClusterErrorCause.Conflict,
        410 => ClusterErrorCause.Expired,
        // A patch that names another UID breaks the rule that a UID does not change: the object is not the one that was meant.
        422 => status.Causes.Any(cause => cause.Field == "metadata.uid") ? ClusterErrorCause.Conflict : ClusterErrorCause.Invalid,
        429 => ClusterErrorCause.TooManyRequests,
        501 => ClusterErrorCause.Unsupported,
        >= 500 => ClusterErrorCause.ServerError,
        _ => ClusterErrorCause.Unknown,
    };

    /// <summary>Whether the server itself does not know what became of a write: it ran out of time, or lost its store in the middle.</summary>
    private static bool LeavesOpen(ServerStatus status) =>
        status.Code == 504 || (status.Code >= 500 && status.Message.Contains("etcdserver", StringComparison.Ordinal));

    private static string Advice(ClusterErrorCause cause) => cause switch
    {
        ClusterErrorCause.Unauthorized => "The server does not know who calls: log in again, or renew the token or client certificate of the kubeconfig's user.",
        ClusterErrorCause.Forbidden => "Ask whoever runs the cluster for this right, or use another context.",
        ClusterErrorCause.Conflict => "It has changed or been replaced since it was read: read it again and decide anew.",
        ClusterErrorCause.TooManyRequests => "Try again later.",
        ClusterErrorCause.ServerError => "The trouble is inside the cluster; try again, and look at the API server's log if it stays.",
        ClusterErrorCause.Expired => "Read again from the beginning.",
        ClusterErrorCause.NotKubernetes => "This server lacks that part of the API. Check that KubeVirt is installed and that this is the right cluster.",
        _ => "",
    };

    private static ClusterException NotKubernetes(ApiRequest request, HttpResponseMessage response, ServerStatus said, string server)
    {
        var answered = $"{server} answered {said.Code} {Named(response)}{Quoted(said.Message)}";
        var advice = (request.IsOfKubeVirt, said.Code, said.Message) switch
        {
            (true, 404, _) => "That is a Kubernetes server without KubeVirt, or without this part of it. Check that KubeVirt is installed and that this is the right cluster.",
            (_, 400, var text) when text.Contains("HTTP request to an HTTPS server", StringComparison.Ordinal) => "Write the server's address with https://.",
            (_, >= 300 and < 400, _) => "An API server does not redirect; a login page or a proxy does. Check the server's address and the proxy settings.",
            _ => "That is not the answer of a Kubernetes API server. Check the server's address in the kubeconfig.",
        };
        return new ClusterException(ClusterErrorCause.NotKubernetes, $"Could not {request.What}: {answered}. {advice}") { Status = said };
    }

    /// <summary>An answer of a kind that no Kubernetes server gives.</summary>
    public static ClusterException Strange(ApiRequest request, string what, string server, Exception? inner = null) => new(
        ClusterErrorCause.NotKubernetes,
        $"Could not {request.What}: {server} answered with {what}. That is not the answer of a Kubernetes API server. Check the server's address in the kubeconfig.",
        inner)
    {
        MayHaveBeenApplied = !request.IsRead,
    };

    public static bool IsJson(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType == "application/json";

    /// <summary>Servers and proxies that repeat the request's headers in their complaint repeat the token too; what they say is shown, that is not.</summary>
    private static ReadOnlySpan<byte> WithoutToken(HttpResponseMessage response, ReadOnlySpan<byte> body)
    {
        var token = response.RequestMessage?.Headers.Authorization?.Parameter;
        return string.IsNullOrEmpty(token) || body.IndexOf(Encoding.UTF8.GetBytes(token)) < 0
            ? body
            : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace(token, "***", StringComparison.Ordinal));
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;

    private static string Named(HttpResponseMessage response) =>
        $"({(string.IsNullOrEmpty(response.ReasonPhrase) ? Spaced(response.StatusCode) : response.ReasonPhrase)})";

    private static string Spaced(HttpStatusCode code) =>
        string.Concat(code.ToString().Select((letter, index) => index > 0 && char.IsUpper(letter) ? $" {letter}" : letter.ToString()));

    private static string Quoted(string text) => text.Length == 0 ? "" : $": {text.TrimEnd('.')}";

    /// <summary>The beginning of a body that was not made for us, on one line; of a page of HTML nothing.</summary>
    private static string Excerpt(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, 300)]);
        return text.TrimStart().StartsWith('<')
            ? "a page of HTML"
            : string.Join(' ', new string([.. text.Select(character => char.IsControl(character) ? ' ' : character)])
                .Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
