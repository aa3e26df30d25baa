using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Rest;

/// <summary>The query of a list or a watch, checked as a real server checks it.</summary>
internal sealed record ListOptions
{
    /// <summary>Null if the client named none; <c>0</c> means any.</summary>
    public long? ResourceVersion { get; private init; }

    public string? ResourceVersionMatch { get; private init; }

    public int Limit { get; private init; }

    public string? Continue { get; private init; }

    public bool AllowWatchBookmarks { get; private init; }

    public bool? SendInitialEvents { get; private init; }

    public TimeSpan? Timeout { get; private init; }

    public static ListOptions Of(ApiCall call, bool isWatch, bool knowsWatchList)
    {
        var query = call.Query;
        var options = new ListOptions
        {
            ResourceVersion = ResourceVersionOf(query),
            ResourceVersionMatch = Text(query, "resourceVersionMatch"),
            Limit = (int)(Number(query, "limit") ?? 0),
            Continue = Text(query, "continue"),
            AllowWatchBookmarks = Flag(query, "allowWatchBookmarks") ?? false,
            SendInitialEvents = Flag(query, "sendInitialEvents"),
            Timeout = Number(query, "timeoutSeconds") is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        options.Check(query.GetValueOrDefault("resourceVersion", ""), isWatch, knowsWatchList);
        return options;
    }

    private void Check(string resourceVersion, bool isWatch, bool knowsWatchList)
    {
        if (SendInitialEvents is not null)
        {
            CheckSendInitialEvents(isWatch, knowsWatchList);
        }
        else if (ResourceVersionMatch is not null)
        {
            CheckMatch(resourceVersion, isWatch);
        }
    }

    private void CheckSendInitialEvents(bool isWatch, bool knowsWatchList)
    {
        if (!isWatch)
        {
            throw Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
        }

        if (!knowsWatchList)
        {
            throw Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled");
        }

        if (ResourceVersionMatch != "NotOlderThan")
        {
            throw Forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }
    }

    private void CheckMatch(string resourceVersion, bool isWatch)
    {
        if (isWatch)
        {
            throw Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch");
        }

        if (resourceVersion.Length == 0)
        {
            throw Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
        }

        if (Continue is not null)
        {
            throw Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
        }

        if (ResourceVersionMatch == "Exact" && ResourceVersion == 0)
        {
            throw Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }

        if (ResourceVersionMatch is not ("Exact" or "NotOlderThan"))
        {
            throw Invalid(
                "resourceVersionMatch",
                "FieldValueNotSupported",
                $"Unsupported value: \"{ResourceVersionMatch}\": supported values: \"Exact\", \"NotOlderThan\"");
        }
    }

    private static ApiErrorException Forbidden(string field, string why) => Invalid(field, "FieldValueForbidden", "Forbidden: " + why);

    private static ApiErrorException Invalid(string field, string reason, string message)
    {
        var details = ApiErrors.Details("", "meta.k8s.io", "ListOptions");
        details["causes"] = new JsonArray(ApiErrors.Cause(reason, message, field));
        return ApiErrorException.Create(422, "Invalid", $"ListOptions.meta.k8s.io \"\" is invalid: {field}: {message}", details);
    }

    private static long? ResourceVersionOf(IReadOnlyDictionary<string, string> query)
    {
        if (Text(query, "resourceVersion") is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw Invalid(
                "resourceVersion", "FieldValueInvalid", $"Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");
    }

    private static string? Text(IReadOnlyDictionary<string, string> query, string name) =>
        query.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    private static long? Number(IReadOnlyDictionary<string, string> query, string name)
    {
        if (Text(query, name) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiErrors.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    /// <summary>Go's reading of a flag in a query: anything but a clear no is yes.</summary>
    private static bool? Flag(IReadOnlyDictionary<string, string> query, string name) =>
        query.TryGetValue(name, out var text) ? text.ToUpperInvariant() is not ("FALSE" or "0") : null;
}
