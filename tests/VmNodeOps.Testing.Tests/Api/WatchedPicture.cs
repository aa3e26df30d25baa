using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Api;

/// <summary>A client's picture of the pods that a selector chooses: listed once, then kept by watches that are resumed, or listed again.</summary>
internal sealed class WatchedPicture(TestApi test, string selector) : IDisposable
{
    private readonly SortedDictionary<string, string> _objects = new(StringComparer.Ordinal);
    private IWatchStream? _stream;
    private Task<WatchFrame?>? _pending;
    private string? _version;

    public IReadOnlyDictionary<string, string> Objects => _objects;

    public int Relists { get; private set; }

    public int Ends { get; private set; }

    /// <summary>Takes in what the server has for us now, without waiting.</summary>
    /// <param name="atMost">A slow client takes only some.</param>
    public void Read(int atMost)
    {
        for (var read = 0; read < atMost; read++)
        {
            Open();
            _pending ??= _stream!.ReadAsync(default).AsTask();
            if (!_pending.IsCompleted)
            {
                return;
            }

            Apply(_pending.GetAwaiter().GetResult());
        }
    }

    /// <summary>Reads all there is: the server ends the watch behind its last event, twice, for the first end may have come too early.</summary>
    public async Task CatchUpAsync()
    {
        for (var round = 0; round < 4; round++)
        {
            Open();
            test.Api.EndWatches();
            for (var ends = Ends; ends == Ends;)
            {
                Apply(await (_pending ?? _stream!.ReadAsync(default).AsTask()));
            }
        }
    }

    public void Dispose() => _stream?.Dispose();

    private void Open()
    {
        if (_version is null)
        {
            var list = (ListAnswer)test.Call("list", ResourceTypes.Pods, query: selector);
            _objects.Clear();
            foreach (var stored in list.Items)
            {
                _objects[stored.Name] = Text(stored);
            }

            _version = list.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Relists++;
        }

        _stream ??= ((WatchAnswer)test.Call("watch", ResourceTypes.Pods, query: $"{selector}&resourceVersion={_version}")).Stream;
    }

    private void Apply(WatchFrame? frame)
    {
        _pending = null;
        switch (frame?.Type)
        {
            case null or "ERROR":
                _version = frame is null ? _version : null;
                _stream!.Dispose();
                _stream = null;
                Ends++;
                return;
            case "ADDED" or "MODIFIED":
                _objects.ContainsKey(frame.Object!.Name).Should().Be(frame.Type == "MODIFIED", "{0} of {1}", frame.Type, frame.Object);
                _objects[frame.Object.Name] = Text(frame.Object);
                break;
            case "DELETED":
                _objects.Remove(frame.Object!.Name).Should().BeTrue("{0} was deleted", frame.Object);
                break;
        }

        _version = frame.Object!.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Text(StoredObject stored) => System.Text.Encoding.UTF8.GetString(stored.Utf8.Span);
}
