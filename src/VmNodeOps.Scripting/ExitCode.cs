namespace VmNodeOps.Scripting;

/// <summary>What the tool, scripts and runbooks return to the shell. Part of their interface: scripts rely on the numbers.</summary>
public enum ExitCode
{
    /// <summary>Everything was done.</summary>
    Done = 0,

    /// <summary>Tried and did not work: a step failed, the server is dead.</summary>
    Failed = 1,

    /// <summary>The command cannot be meant: unknown word, missing option, unknown node or context, unreadable kubeconfig.</summary>
    Usage = 2,

    /// <summary>Something stands against it that repeating does not lift; nothing has moved.</summary>
    Refused = 3,

    /// <summary>The time was up.</summary>
    TimedOut = 4,

    /// <summary>The server does not know the caller, or the caller lacks a right.</summary>
    NotPermitted = 5,

    /// <summary>Another actor holds the node; nothing was written to it.</summary>
    HeldByAnother = 6,

    /// <summary>Ended early, but virtual machines had moved, or were on their way, by then.</summary>
    DoneInPart = 7,

    /// <summary>Cancelled by Ctrl+C, SIGTERM or the answer to a question.</summary>
    Cancelled = 130,
}
