using VmNodeOps.Testing.Hosting;

namespace VmNodeOps.Testing.Faults;

/// <summary>Which requests go wrong, and how. What is left null matches everything.</summary>
public sealed record FaultRule
{
    /// <summary>What goes wrong.</summary>
    public required FaultEffect Effect { get; init; }

    /// <summary>A name for the request log and for counting; default the effect's text.</summary>
    public string? Label { get; init; }

    /// <summary>The verb as roles write it: get, list, watch, create, update, patch, delete, deletecollection.</summary>
    public string? Verb { get; init; }

    /// <summary>The plural name of the resource: pods.</summary>
    public string? Resource { get; init; }

    /// <summary>The subresource: eviction. An empty text means the object itself.</summary>
    public string? Subresource { get; init; }

    /// <summary>The namespace in the path.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object's name in the path.</summary>
    public string? Name { get; init; }

    /// <summary>The user, after impersonation.</summary>
    public string? User { get; init; }

    /// <summary>A part of the User-Agent header.</summary>
    public string? UserAgent { get; init; }

    /// <summary>Any other condition.</summary>
    public Func<LoggedRequest, bool>? When { get; init; }

    /// <summary>How many matching requests go well before the first goes wrong.</summary>
    /// <value>Default 0.</value>
    public int Skip { get; init; }

    /// <summary>How many requests go wrong at most.</summary>
    /// <value>Default null: no end.</value>
    public int? Times { get; init; }

    /// <summary>The share of matching requests that go wrong, drawn from <see cref="Seed"/>.</summary>
    /// <value>Default 1.</value>
    public double Probability { get; init; } = 1;

    /// <summary>Where the draws start: the same seed and the same order of requests give the same faults.</summary>
    /// <value>Default 0.</value>
    public int Seed { get; init; }

    /// <summary>On the cluster's clock, the first moment; null means from the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>On the cluster's clock, the moment from which all goes well again; null means never.</summary>
    public DateTimeOffset? Until { get; init; }

    internal bool Matches(LoggedRequest request) =>
        (Verb is null || Verb == request.Verb)
        && (Resource is null || Resource == request.Resource)
        && (Subresource is null || Subresource == (request.Subresource ?? ""))
        && (Namespace is null || Namespace == request.Namespace)
        && (Name is null || Name == request.Name)
        && (User is null || User == request.User)
        && (UserAgent is null || request.UserAgent?.Contains(UserAgent, StringComparison.Ordinal) == true)
        && (From is null || request.Time >= From)
        && (Until is null || request.Time < Until)
        && (When is null || When(request));
}
