using System.Net;
using System.Net.Http.Headers;

namespace VmNodeOps.Kubernetes.Transport;

/// <summary>A body that remembers whether it began to go out. If it did not, the server cannot have acted on the request.</summary>
internal sealed class OutgoingBody : HttpContent
{
    private readonly byte[] _bytes;
    private readonly Action _sending;

    public OutgoingBody(byte[] bytes, string contentType, Action sending)
    {
        (_bytes, _sending) = (bytes, sending);
        Headers.ContentType = new MediaTypeHeaderValue(contentType);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _sending();
        await stream.WriteAsync(_bytes, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _bytes.Length;
        return true;
    }
}
