using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using VmNodeOps;

namespace PlatformApi;

/// <summary>Plan, approve, follow, report, cancel.</summary>
internal static class MaintenanceEndpoints
{
    public static void MapMaintenances(this IEndpointRouteBuilder app)
    {
        var maintenances = app.MapGroup("/maintenances");
        maintenances.MapPost("/", PlanAsync);
        maintenances.MapGet("/{id}", (string id, MaintenanceDesk desk) => desk.Find(id) is { } found ? TypedResults.Ok(Show(found)) : Unknown(id));
        maintenances.MapPost("/{id}/approve", ApproveAsync);
        maintenances.MapGet("/{id}/events", FollowAsync);
        maintenances.MapGet("/{id}/report", (string id, MaintenanceDesk desk) => desk.Find(id) is { } found ? Report(found) : Unknown(id));
        maintenances.MapDelete("/{id}", CancelAsync);
    }

    private static async Task<IResult> PlanAsync(MaintenanceRequest request, MaintenanceDesk desk, CancellationToken cancellationToken)
    {
        var maintenance = await desk.PlanAsync(request.ToMaintenance(), cancellationToken);
        return TypedResults.Created($"/maintenances/{maintenance.Id}", Show(maintenance));
    }

    private static async Task<IResult> ApproveAsync(string id, Approval approval, MaintenanceDesk desk, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(approval.By))
        {
            throw new ArgumentException("A plan needs somebody who approves it: { \"by\": who }.");
        }

        if (desk.Find(id) is not { } maintenance)
        {
            return Unknown(id);
        }

        if (maintenance.Plan.IsRefused)
        {
            var refusals = maintenance.Plan.Steps.SelectMany(step => step.Findings).Where(finding => finding.Severity == FindingSeverity.Refusal);
            return Conflict("This plan will not run.", [.. refusals.Select(finding => $"{finding.Message} {finding.Lift}".Trim())]);
        }

        if (maintenance.State == MaintenanceState.Planned && await desk.FindDriftAsync(maintenance, cancellationToken) is { Count: > 0 } drift)
        {
            return Conflict("The plan no longer holds. Nothing was written. Make a new plan and approve it.", drift);
        }

        return desk.TryRun(maintenance, approval.By)
            ? TypedResults.Accepted($"/maintenances/{id}/events", Show(maintenance))
            : Conflict($"The maintenance is {maintenance.State}{(maintenance.ApprovedBy is { } by ? $", approved by {by}" : "")}.");
    }

    /// <summary>Server-sent events: the id is the event's number, so that a client that lost its connection goes on after it. A client that has seen all gets 204, which tells browsers to stop asking.</summary>
    private static async Task<IResult> FollowAsync(
        string id, MaintenanceDesk desk, HttpResponse response, [FromHeader(Name = "Last-Event-ID")] long after = 0, CancellationToken cancellationToken = default)
    {
        if (desk.Find(id) is not { } maintenance)
        {
            return Unknown(id);
        }

        var isOver = maintenance.State is MaintenanceState.Ended or MaintenanceState.Withdrawn;
        return after > 0 && isOver && !await maintenance.FollowAsync(after, cancellationToken).AnyAsync(cancellationToken)
            ? TypedResults.NoContent()
            : TypedResults.ServerSentEvents(StreamAsync(maintenance, after, response, cancellationToken));
    }

    private static async IAsyncEnumerable<SseItem<string>> StreamAsync(
        Maintenance maintenance, long after, HttpResponse response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The client is to see that it is connected, however long the first event takes.
        await response.Body.FlushAsync(cancellationToken);
        var last = after;
        await foreach (var happened in maintenance.FollowAsync(after, cancellationToken))
        {
            last = happened.Sequence;
            yield return new SseItem<string>(happened.ToJson()) { EventId = $"{last}" };
        }

        if (maintenance.Trouble is { } trouble)
        {
            yield return new SseItem<string>(trouble, "trouble") { EventId = $"{last + 1}" };
        }
    }

    private static IResult Report(Maintenance maintenance) => maintenance switch
    {
        { Report: { } report } => TypedResults.Text(report.ToJson(), "application/json"),
        { Trouble: { } trouble } => TypedResults.Problem(trouble, statusCode: StatusCodes.Status502BadGateway),
        _ => TypedResults.Problem($"There is no report yet: the maintenance is {maintenance.State}.", statusCode: StatusCodes.Status404NotFound),
    };

    /// <summary>Withdraws a plan that nobody has approved; cancels a run and answers with the report of what it had done.</summary>
    private static async Task<IResult> CancelAsync(string id, MaintenanceDesk desk, CancellationToken cancellationToken)
    {
        if (desk.Find(id) is not { } maintenance)
        {
            return Unknown(id);
        }

        if (maintenance.TryWithdraw())
        {
            return TypedResults.NoContent();
        }

        if (maintenance.State != MaintenanceState.Running)
        {
            return Conflict($"There is nothing to cancel: the maintenance is {maintenance.State}.");
        }

        await desk.CancelAsync(maintenance, cancellationToken);
        return Report(maintenance);
    }

    private static object Show(Maintenance maintenance) => new
    {
        maintenance.Id,
        State = maintenance.State.ToString(),
        maintenance.ApprovedBy,
        Refused = maintenance.Plan.IsRefused,
        Text = maintenance.Plan.ToText(),
        Plan = JsonElement.Parse(maintenance.Plan.ToJson()),
    };

    private static IResult Unknown(string id) =>
        TypedResults.Problem($"There is no maintenance '{id}'. Plans are kept in memory: make a new one.", statusCode: StatusCodes.Status404NotFound);

    private static IResult Conflict(string detail, IReadOnlyList<string>? because = null) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict, extensions: because is null ? null : new Dictionary<string, object?> { ["because"] = because });
}
