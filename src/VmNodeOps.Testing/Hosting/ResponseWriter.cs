using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Faults;

namespace VmNodeOps.Testing.Hosting;

/// <summary>Sends whole answers, and lets those faults happen that strike on the way back.</summary>
internal static class ResponseWriter
{
    public const string Json = "application/json";
    public const string Text = "text/plain; charset=utf-8";

    /// <summary>Servers compress only what is worth it.</summary>
    private const int CompressFrom = 128 * 1024;

    public static Task WriteStatusAsync(Exchange exchange, ApiErrorException error)
    {
        var headers = exchange.Context.Response.Headers;
        if (error.RetryAfterSeconds is { } seconds)
        {
            headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        foreach (var warning in error.Warnings)
        {
            headers.Append("Warning", $"299 - \"{warning.Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        }

        return WriteJsonAsync(exchange, error.Code, error.Status);
    }

    public static Task WriteTextAsync(Exchange exchange, int code, string text)
    {
        exchange.Context.Response.Headers.XContentTypeOptions = "nosniff";
        return WriteAsync(exchange, code, Text, Encoding.UTF8.GetBytes(text));
    }

    public static Task WriteJsonAsync(Exchange exchange, int code, JsonNode body, string contentType = Json) =>
        WriteAsync(exchange, code, contentType, Encoding.UTF8.GetBytes(body.ToJsonString() + "\n"));

    public static async Task WriteAsync(Exchange exchange, int code, string? contentType, ReadOnlyMemory<byte> body)
    {
        await exchange.WaitAsync(exchange.Fault.DelayAnswer).ConfigureAwait(false);
        switch (exchange.Fault.Cut)
        {
            case CutPoint.After:
                exchange.Cut();
                break;
            case CutPoint.NoAnswer:
                await exchange.StallAsync().ConfigureAwait(false);
                break;
        }

        var response = exchange.Context.Response;
        response.StatusCode = code;
        exchange.Log.StatusCode = code;
        if (contentType is not null)
        {
            response.ContentType = contentType;
        }

        if (exchange.Context.Request.Method == "HEAD" || code == StatusCodes.Status304NotModified)
        {
            return;
        }

        if (body.Length > CompressFrom && exchange.Context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
        {
            response.Headers.ContentEncoding = "gzip";
            response.Headers.Vary = "Accept-Encoding";
            body = Compress(body);
        }

        response.ContentLength = body.Length;
        await SendAsync(exchange, body).ConfigureAwait(false);
    }

    private static async Task SendAsync(Exchange exchange, ReadOnlyMemory<byte> body)
    {
        var response = exchange.Context.Response;
        if (exchange.Fault.Cut is CutPoint.InBody or CutPoint.Stall)
        {
            body = body[..(body.Length / 2)];
        }

        await response.Body.WriteAsync(body, exchange.Aborted).ConfigureAwait(false);
        await response.Body.FlushAsync(exchange.Aborted).ConfigureAwait(false);
        exchange.Log.AddBytesOut(body.Length);
        switch (exchange.Fault.Cut)
        {
            case CutPoint.InBody:
                exchange.Cut();
                break;
            case CutPoint.Stall:
                await exchange.StallAsync().ConfigureAwait(false);
                break;
            default:
                await response.CompleteAsync().ConfigureAwait(false);
                break;
        }
    }

    private static byte[] Compress(ReadOnlyMemory<byte> body)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body.Span);
        }

        return buffer.ToArray();
    }
}
