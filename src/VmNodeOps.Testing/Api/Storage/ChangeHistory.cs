namespace VmNodeOps.Testing.Api.Storage;

/// <summary>The last changes of one type, in order, for watches that resume. What is dropped makes older resourceVersions too old.</summary>
internal sealed class ChangeHistory
{
    private ObjectChange?[] _ring = new ObjectChange?[64];
    private int _start;

    public int Count { get; private set; }

    /// <summary>The newest revision that is no longer held; a watch may resume from it or from any later one.</summary>
    public long DroppedThrough { get; private set; }

    public ObjectChange this[int index] => _ring[(_start + index) % _ring.Length]!;

    public void Add(ObjectChange change, int limit)
    {
        while (Count > 0 && Count >= limit)
        {
            DropOldest();
        }

        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_start + Count) % _ring.Length] = change;
        Count++;
    }

    /// <summary>Forgets all; only revisions from the given one on can be resumed from.</summary>
    public void Compact(long revision)
    {
        while (Count > 0)
        {
            DropOldest();
        }

        DroppedThrough = Math.Max(DroppedThrough, revision);
    }

    /// <summary>The index of the first change after a revision.</summary>
    public int IndexAfter(long revision)
    {
        var low = 0;
        var high = Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (this[middle].Object.Revision <= revision)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void DropOldest()
    {
        DroppedThrough = this[0].Object.Revision;
        _ring[_start] = null;
        _start = (_start + 1) % _ring.Length;
        Count--;
    }

    private void Grow()
    {
        var ring = new ObjectChange?[_ring.Length * 2];
        for (var index = 0; index < Count; index++)
        {
            ring[index] = this[index];
        }

        _ring = ring;
        _start = 0;
    }
}
