namespace VmNodeOps;

/// <summary>A password or key of a fence device. It is read when it is needed, and never shown.</summary>
public sealed class FenceSecret
{
    private readonly Func<string> _read;

    private FenceSecret(string origin, Func<string> read, string? environmentVariable = null)
    {
        _read = read;
        Origin = origin;
        EnvironmentVariable = environmentVariable;
    }

    /// <summary>Where it comes from, without what it is: <c>file /run/secrets/bmc</c>.</summary>
    public string Origin { get; }

    /// <summary>The variable that holds it, which the agent does not inherit; null if none does.</summary>
    internal string? EnvironmentVariable { get; }

    /// <summary>The first line of a file.</summary>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static FenceSecret FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new FenceSecret($"file {path}", () => FirstLine(path));
    }

    /// <summary>The value of an environment variable of this process.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static FenceSecret FromEnvironment(string variable)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(variable);
        return new FenceSecret(
            $"environment variable {variable}",
            () => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : throw new IOException($"The environment variable {variable} is not set."),
            variable);
    }

    /// <summary>What a program already has at hand, from a secret store of its own.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public static FenceSecret Of(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        return new FenceSecret("given by the program", () => value);
    }

    /// <summary>Where it comes from; never the secret.</summary>
    public override string ToString() => $"(secret: {Origin})";

    /// <exception cref="IOException">It cannot be read; the message does not show it.</exception>
    internal string Read()
    {
        string value;
        try
        {
            value = _read();
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException($"The secret's {Origin} may not be read by this user.");
        }

        return value.Contains('\n', StringComparison.Ordinal) || value.Contains('\r', StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal)
            ? throw new IOException($"The secret ({Origin}) has more than one line; fence agents cannot take that.")
            : value;
    }

    private static string FirstLine(string path)
    {
        using var reader = new StreamReader(path);
        return reader.ReadLine() is { Length: > 0 } line ? line : throw new IOException($"The secret's file {path} is empty.");
    }
}
