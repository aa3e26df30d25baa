namespace VmNodeOps.Testing.Guests;

/// <summary>Books every guest process of every host, and notices when two run that must not.</summary>
internal sealed class GuestRegistry(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<GuestProcess> _all = [];
    private readonly List<GuestProcess> _running = [];
    private readonly List<Overlap> _overlaps = [];

    /// <summary>A guest started, ended, moved or was paused; heard on the simulation's thread.</summary>
    public event Action? Changed;

    public IReadOnlyList<GuestDouble> Doubles
    {
        get
        {
            lock (_gate)
            {
                return [.. _overlaps.Select(overlap => overlap.ToPublic())];
            }
        }
    }

    public GuestProcess Start(GuestProcess guest)
    {
        lock (_gate)
        {
            Begin(guest);
        }

        Changed?.Invoke();
        return guest;
    }

    public void End(GuestProcess guest, GuestEnd end)
    {
        lock (_gate)
        {
            Finish(guest, end);
        }

        Changed?.Invoke();
    }

    public void SetPaused(GuestProcess guest, bool paused)
    {
        lock (_gate)
        {
            guest.IsPaused = paused;
        }

        Changed?.Invoke();
    }

    /// <summary>A guest opens one more disk while it runs.</summary>
    public void OpenDisk(GuestProcess guest, string disk)
    {
        lock (_gate)
        {
            if (guest.Disks.Contains(disk, StringComparer.Ordinal))
            {
                return;
            }

            guest.Disks = [.. guest.Disks, disk];
            foreach (var other in _running.Where(other => other != guest && other.Disks.Contains(disk, StringComparer.Ordinal)))
            {
                _overlaps.Add(new Overlap($"disk {disk}", other, guest, time.GetUtcNow()));
            }
        }
    }

    /// <summary>The end of a live migration: there is no instant in which both run, and none in which neither does.</summary>
    public GuestProcess SwitchOver(GuestProcess source, GuestProcess target)
    {
        lock (_gate)
        {
            target.IsPaused = source.IsPaused;
            Finish(source, GuestEnd.Migrated);
            Begin(target);
        }

        Changed?.Invoke();
        return target;
    }

    public IReadOnlyList<Guest> Snapshot(bool running)
    {
        lock (_gate)
        {
            return running
                ? [.. _running.Select(guest => guest.ToPublic()).OrderBy(guest => guest.Namespace, StringComparer.Ordinal)
                    .ThenBy(guest => guest.Name, StringComparer.Ordinal).ThenBy(guest => guest.StartedAt)]
                : [.. _all.Select(guest => guest.ToPublic())];
        }
    }

    private void Begin(GuestProcess guest)
    {
        guest.StartedAt = time.GetUtcNow();
        foreach (var other in _running)
        {
            if (other.Namespace == guest.Namespace && other.Name == guest.Name)
            {
                _overlaps.Add(new Overlap($"machine {guest.Namespace}/{guest.Name}", other, guest, guest.StartedAt));
            }

            foreach (var disk in other.Disks.Intersect(guest.Disks, StringComparer.Ordinal))
            {
                _overlaps.Add(new Overlap($"disk {disk}", other, guest, guest.StartedAt));
            }
        }

        _running.Add(guest);
        _all.Add(guest);
    }

    private void Finish(GuestProcess guest, GuestEnd end)
    {
        if (!_running.Remove(guest))
        {
            return;
        }

        guest.EndedAt = time.GetUtcNow();
        guest.End = end;
        foreach (var overlap in _overlaps.Where(overlap => overlap.To is null && (overlap.First == guest || overlap.Second == guest)))
        {
            overlap.To = guest.EndedAt;
        }
    }

    private sealed class Overlap(string what, GuestProcess first, GuestProcess second, DateTimeOffset from)
    {
        public GuestProcess First => first;

        public GuestProcess Second => second;

        public DateTimeOffset? To { get; set; }

        public GuestDouble ToPublic() => new() { What = what, First = first.ToPublic(), Second = second.ToPublic(), From = from, To = To };
    }
}
