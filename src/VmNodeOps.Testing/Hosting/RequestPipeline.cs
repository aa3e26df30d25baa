using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using VmNodeOps.Testing.Access;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Faults;

namespace VmNodeOps.Testing.Hosting;

/// <summary>The way of a request through the server: who is it, what goes wrong, may they, then the answer.</summary>
internal sealed class RequestPipeline
{
    private readonly SimulatedTime _time;
    private readonly ServerSettings _settings;
    private readonly AccessControl _access;
    private readonly Authorizer _authorizer;
    private readonly Impersonation _impersonation;
    private readonly RequestLog _requests;
    private readonly FaultRules _faults;
    private readonly NonResourceEndpoints _nonResources;
    private readonly ResourceEndpoints _resources;
    private readonly ConcurrentDictionary<Exchange, bool> _open = new();
    private readonly CancellationToken _stopping;

    public RequestPipeline(IClusterApi api, IRestHandler rest, HttpFrontOptions options, AccessControl access, CancellationToken stopping)
    {
        _time = api.Time;
        _settings = options.Settings;
        _access = access;
        _stopping = stopping;
        _authorizer = new Authorizer(api, access);
        _impersonation = new Impersonation(_authorizer);
        _requests = new RequestLog();
        _faults = new FaultRules(Abort);
        _nonResources = new NonResourceEndpoints(_settings, new HostEndpoints(options.Hosts));
        _resources = new ResourceEndpoints(rest, _settings, _faults, new AccessReviews(_authorizer));
    }

    public RequestLog Requests => _requests;

    public FaultRules Faults => _faults;

    public async Task HandleAsync(HttpContext context)
    {
        var rawTarget = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (RequestTarget.Parse(context.Request.Method, rawTarget) is not { } target)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var exchange = new Exchange(context, target, NewEntry(context, target), _time, _stopping) { BodyLimit = _requests.BodyLimit };
        _open[exchange] = true;
        try
        {
            await RunAsync(exchange).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (exchange.Aborted.IsCancellationRequested)
        {
            // The client went, a fault cut it off, or the server stops: nobody is left to answer.
            context.Abort();
        }
        catch (IOException) when (exchange.Aborted.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            _open.TryRemove(exchange, out _);
            exchange.Dispose();
        }
    }

    private async Task RunAsync(Exchange exchange)
    {
        WriteCommonHeaders(exchange.Context);
        try
        {
            await AnswerAsync(exchange).ConfigureAwait(false);
        }
        catch (ApiErrorException error)
        {
            await exchange.WaitAsync(error.Delay).ConfigureAwait(false);
            await ResponseWriter.WriteStatusAsync(exchange, error).ConfigureAwait(false);
        }
        catch (Exception defect) when (defect is not (OperationCanceledException or IOException))
        {
            // A defect of the simulation: the client gets what a server with a defect says, and the cluster tells it when it is disposed.
            var captured = ExceptionDispatchInfo.Capture(defect);
            _time.Post(captured.Throw);
            await ResponseWriter.WriteStatusAsync(
                exchange, ApiErrorException.Create(500, "InternalError", $"Internal error occurred: {defect.Message}")).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(Exchange exchange)
    {
        var certificate = exchange.Context.Connection.ClientCertificate;
        var caller = _access.Authenticate(exchange.Context.Request.Headers.Authorization, certificate);
        exchange.User = caller is null ? exchange.User : _impersonation.Resolve(caller, exchange.Context.Request.Headers);
        exchange.Log.User = exchange.User.Name;
        await StrikeAsync(exchange).ConfigureAwait(false);
        if (caller is null)
        {
            throw Refusals.Unauthorized();
        }

        Authorize(exchange);
        if (exchange.Target.IsResource)
        {
            await _resources.AnswerAsync(exchange).ConfigureAwait(false);
        }
        else
        {
            await _nonResources.AnswerAsync(exchange).ConfigureAwait(false);
        }
    }

    private async Task StrikeAsync(Exchange exchange)
    {
        var fault = _faults.Strike(exchange.Log);
        exchange.Fault = fault;
        exchange.Log.Fault = fault.Label;
        if (fault.Dropped)
        {
            exchange.Cut();
        }

        await exchange.WaitAsync(fault.Delay).ConfigureAwait(false);
        if (fault.Cut == CutPoint.Before)
        {
            exchange.Cut();
        }

        if (fault.Status is { } status)
        {
            throw new ApiErrorException(ApiErrorException.Create(status.Code, status.Reason, status.Message, RetryDetails(status)).Status)
            {
                RetryAfterSeconds = status.RetryAfterSeconds,
            };
        }
    }

    private static JsonObject? RetryDetails(StatusEffect status) =>
        status.RetryAfterSeconds is { } seconds ? new JsonObject { ["retryAfterSeconds"] = seconds } : null;

    private void Authorize(Exchange exchange)
    {
        var target = exchange.Target;
        var wanted = target.IsResource
            ? new Attributes
            {
                Verb = target.Verb,
                Group = target.Group,
                Resource = target.Resource,
                Subresource = target.Subresource,
                Namespace = target.Namespace,
                Name = target.NameForRights,
            }
            : new Attributes { Verb = target.Verb, Path = target.Path };
        var decision = _authorizer.Decide(exchange.User, wanted);
        if (!decision.Allowed)
        {
            throw Refusals.Forbidden(exchange.User, wanted, decision.Reason);
        }
    }

    private void WriteCommonHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        var audit = context.Request.Headers["Audit-ID"].ToString();
        headers["Audit-Id"] = audit.Length > 0 ? audit : Guid.NewGuid().ToString();
        headers.CacheControl = "no-cache, private";
        headers.Date = (_time.GetUtcNow() + _settings.DateSkew).ToString("r", CultureInfo.InvariantCulture);
    }

    private LoggedRequest NewEntry(HttpContext context, RequestTarget target)
    {
        var headers = _requests.Capacity == 0 ? [] : context.Request.Headers
            .Where(header => !header.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && header.Key[0] != ':')
            .ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var entry = new LoggedRequest
        {
            Number = _requests.NextNumber(),
            Time = _time.GetUtcNow(),
            Method = target.Method,
            Path = target.Path,
            Query = target.QueryText,
            Verb = target.Verb,
            Group = target.Group,
            Resource = target.Resource,
            Namespace = target.Namespace,
            Name = target.Name,
            Subresource = target.Subresource,
            UserAgent = context.Request.Headers.UserAgent,
            Authorization = context.Request.Headers.Authorization,
            Headers = headers,
        };
        _requests.Add(entry);
        return entry;
    }

    private void Abort(Func<LoggedRequest, bool> which)
    {
        foreach (var exchange in _open.Keys.Where(exchange => which(exchange.Log)))
        {
            exchange.Abort();
        }
    }
}
