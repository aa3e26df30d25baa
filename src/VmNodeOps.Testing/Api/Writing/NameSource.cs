namespace VmNodeOps.Testing.Api.Writing;

/// <summary>Uids and the random ends of generated names, from a seed, so that a simulation can be run again.</summary>
internal sealed class NameSource(int seed)
{
    /// <summary>The alphabet of generated names: no vowels, nothing that looks like another.</summary>
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    private const int LongestGeneratedBase = 58;

    private readonly Random _random = new(seed);

    public string Uid()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    public string Name(string prefix)
    {
        Span<char> end = stackalloc char[5];
        for (var index = 0; index < end.Length; index++)
        {
            end[index] = Alphabet[_random.Next(Alphabet.Length)];
        }

        var start = prefix.Length > LongestGeneratedBase ? prefix[..LongestGeneratedBase] : prefix;
        return string.Concat(start, end);
    }

    public TimeSpan Between(TimeSpan shortest, TimeSpan longest) =>
        shortest + TimeSpan.FromTicks((long)((longest - shortest).Ticks * _random.NextDouble()));
}
