using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Access;

/// <summary>Who may speak to a simulated cluster: hands out certificates and tokens, and knows them again.</summary>
/// <remarks>What a user may do is decided by the Role and binding objects in the cluster, as on a real server. All members are thread-safe.</remarks>
public sealed class AccessControl
{
    /// <summary>The group that may do everything.</summary>
    public const string Masters = "system:masters";

    private readonly CertificateAuthority _authority;
    private readonly SimulatedTime _time;
    private readonly ConcurrentDictionary<string, TokenHolder> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, UserInfo> _certificates = new(StringComparer.Ordinal);

    internal AccessControl(CertificateAuthority authority, SimulatedTime time)
    {
        _authority = authority;
        _time = time;
    }

    /// <summary>Whether rights are not checked at all.</summary>
    /// <value>Default false: members of <c>system:masters</c> may do everything, others what their roles allow.</value>
    public bool EverybodyMayDoEverything { get; set; }

    /// <summary>Makes a bearer token for a user.</summary>
    /// <param name="user">The user name.</param>
    /// <param name="groups">Its groups, besides <c>system:authenticated</c>.</param>
    /// <param name="lifetime">On the cluster's clock; null means for ever. An expired token is answered 401.</param>
    public string IssueToken(string user, IEnumerable<string>? groups = null, TimeSpan? lifetime = null)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        AcceptToken(token, user, groups, lifetime);
        return token;
    }

    /// <summary>Takes a bearer token of the caller's choice for a user's: one that a test can search for.</summary>
    /// <param name="token">The token.</param>
    /// <param name="user">The user name.</param>
    /// <param name="groups">Its groups, besides <c>system:authenticated</c>.</param>
    /// <param name="lifetime">On the cluster's clock; null means for ever. An expired token is answered 401.</param>
    public void AcceptToken(string token, string user, IEnumerable<string>? groups = null, TimeSpan? lifetime = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        ArgumentException.ThrowIfNullOrEmpty(user);
        _tokens[token] = new TokenHolder(Authenticated(user, groups ?? []), lifetime is { } time ? _time.GetUtcNow() + time : null);
    }

    /// <summary>Makes a bearer token for a service account, in the groups of service accounts.</summary>
    public string IssueServiceAccountToken(string serviceAccountNamespace, string name, TimeSpan? lifetime = null) =>
        IssueToken(
            $"system:serviceaccount:{serviceAccountNamespace}:{name}",
            ["system:serviceaccounts", $"system:serviceaccounts:{serviceAccountNamespace}"],
            lifetime);

    /// <summary>Makes a token invalid: from now on it is answered 401.</summary>
    public void RevokeToken(string token) => _tokens.TryRemove(token, out _);

    /// <summary>Makes a client certificate for a user.</summary>
    /// <param name="user">The user name, which becomes the common name.</param>
    /// <param name="groups">Its groups, which become organizations.</param>
    /// <param name="lifetime">On the cluster's clock; null means for ever.</param>
    public ClientCertificate IssueClientCertificate(string user, IEnumerable<string>? groups = null, TimeSpan? lifetime = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        return _authority.IssueClientCertificate(user, groups ?? [], lifetime is { } time ? _time.GetUtcNow() + time : null);
    }

    /// <summary>Makes a client certificate for a user with a key of the caller's choice: one that a test can search for.</summary>
    /// <param name="key">The private key.</param>
    /// <param name="user">The user name, which becomes the common name.</param>
    /// <param name="groups">Its groups, which become organizations.</param>
    /// <param name="lifetime">On the cluster's clock; null means for ever.</param>
    public ClientCertificate CertifyKey(ECDsa key, string user, IEnumerable<string>? groups = null, TimeSpan? lifetime = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(user);
        return _authority.IssueClientCertificate(key, user, groups ?? [], lifetime is { } time ? _time.GetUtcNow() + time : null);
    }

    /// <summary>Who sends this; null for credentials that are not valid, which is a 401. No credentials at all are the anonymous user.</summary>
    internal UserInfo? Authenticate(string? authorization, X509Certificate2? certificate)
    {
        if (certificate is not null)
        {
            return FromCertificate(certificate);
        }

        const string bearer = "Bearer ";
        if (authorization is null || !authorization.StartsWith(bearer, StringComparison.OrdinalIgnoreCase))
        {
            return Anonymous;
        }

        return _tokens.TryGetValue(authorization[bearer.Length..].Trim(), out var holder) && !(holder.Expires <= _time.GetUtcNow())
            ? holder.User
            : null;
    }

    internal static UserInfo Anonymous { get; } = new("system:anonymous", ["system:unauthenticated"]);

    internal static UserInfo Authenticated(string user, IEnumerable<string> groups) =>
        new(user, [.. groups.Append("system:authenticated").Distinct(StringComparer.Ordinal)]);

    private UserInfo? FromCertificate(X509Certificate2 certificate)
    {
        var now = _time.GetUtcNow();
        if (now > certificate.NotAfter || now < certificate.NotBefore)
        {
            return null;
        }

        // Signatures are checked once: every request of a connection shows the same certificate.
        if (_certificates.TryGetValue(certificate.Thumbprint, out var known))
        {
            return known;
        }

        return _authority.Accepts(certificate, now) ? _certificates.GetOrAdd(certificate.Thumbprint, FromSubject(certificate)) : null;
    }

    private static UserInfo FromSubject(X509Certificate2 certificate)
    {
        var user = "";
        var groups = new List<string>();
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            var value = part.GetSingleElementValue() ?? "";
            switch (part.GetSingleElementType().Value)
            {
                case "2.5.4.3":
                    user = value;
                    break;
                case "2.5.4.10":
                    groups.Add(value);
                    break;
            }
        }

        return Authenticated(user, groups);
    }

    private sealed record TokenHolder(UserInfo User, DateTimeOffset? Expires);
}
