using Microsoft.AspNetCore.Diagnostics;
using VmNodeOps.Cluster;

namespace PlatformApi;

/// <summary>Answers what was thrown as a problem of RFC 9457: mistakes of the caller and refusals of the cluster in their own words, anything else without its inside.</summary>
internal sealed class Problems(IProblemDetailsService service) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        var (status, detail) = exception switch
        {
            BadHttpRequestException request => (request.StatusCode, request.InnerException?.Message ?? request.Message),
            ArgumentException argument => (StatusCodes.Status400BadRequest, argument.Message.Replace($" (Parameter '{argument.ParamName}')", "")),
            ClusterException cluster => (Status(cluster.Cause), cluster.Message),
            _ => (StatusCodes.Status500InternalServerError, "This program failed; its log says why."),
        };
        context.Response.StatusCode = status;
        return await service.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = { Status = status, Detail = detail } });
    }

    private static int Status(ClusterErrorCause cause) => cause switch
    {
        ClusterErrorCause.NotFound => StatusCodes.Status404NotFound,
        ClusterErrorCause.Conflict or ClusterErrorCause.AlreadyExists => StatusCodes.Status409Conflict,
        ClusterErrorCause.Forbidden or ClusterErrorCause.Unauthorized => StatusCodes.Status403Forbidden,
        ClusterErrorCause.Timeout => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status502BadGateway,
    };
}
