namespace VmNodeOps.Tool;

/// <summary>What the tool returns to the shell. Part of its interface: scripts rely on the numbers.</summary>
internal enum ExitCode
{
    Done = 0,

    /// <summary>Tried and did not work: a step failed, the server is dead.</summary>
    Failed = 1,

    /// <summary>The command cannot be meant: unknown word, missing option, unknown node or context, unreadable kubeconfig.</summary>
    Usage = 2,

    /// <summary>Something stands against it that repeating does not lift; nothing has moved.</summary>
    Refused = 3,

    TimedOut = 4,

    /// <summary>The server does not know the caller, or the caller lacks a right.</summary>
    NotPermitted = 5,

    HeldByAnother = 6,

    /// <summary>Ended early, but virtual machines had moved, or were on their way, by then.</summary>
    DoneInPart = 7,

    Cancelled = 130,
}
