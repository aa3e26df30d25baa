using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Asks, before the first write, for every right that a plan needs, so that a run does not end half way for want of one.</summary>
/// <remarks>A courtesy, not a gate: the server itself refuses what is not allowed. Whatever could not be asked in time is tried.</remarks>
internal static class RightsCheck
{
    /// <summary>The code of the finding, and of nothing else.</summary>
    public const string Code = "RightsMissing";

    private const int AtOnce = 16;

    /// <summary>From so many questions on, it is first asked whether everything is allowed: for most who maintain nodes that is the only question then.</summary>
    private const int Many = 4;

    private static readonly AccessQuestion Everything = new() { Verb = "*", Group = "*", Resource = "*" };
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <returns>The refusal; null if nothing is known to be missing.</returns>
    public static async Task<MaintenanceReport?> RefuseAsync(
        IAccessReviews reviews, MaintenancePlan plan, TimeProvider time, CancellationToken cancellationToken)
    {
        var missing = await FindMissingAsync(reviews, plan.Rights, time, cancellationToken).ConfigureAwait(false);
        if (missing.Count == 0)
        {
            return null;
        }

        var findings = missing.Select(right => new Finding
        {
            Severity = FindingSeverity.Refusal,
            Code = Code,
            Message = $"You may not {RightsText.Describe(right)}.",
        });
        var summary = $"Node {plan.NodeName}: {missing.Count} of the {plan.Rights.Count} rights that this needs are missing: {string.Join("; ", missing.Select(RightsText.Describe))}. "
            + "Nothing was written. A role that grants what is missing, to be bound to you, is at the end.";
        return MaintenanceRun.NotBegun(plan, MaintenanceResult.Refused, summary, [.. plan.Steps.SelectMany(step => step.Findings), .. findings], time.GetUtcNow()) with
        {
            MissingRole = LeastRole.ToYaml("vmnodeops-missing", missing),
        };
    }

    private static async Task<List<AccessQuestion>> FindMissingAsync(
        IAccessReviews reviews, IReadOnlyList<AccessQuestion> rights, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var slots = new SemaphoreSlim(AtOnce);
        var needed = rights.Where(IsNeededNow).ToList();
        if (needed.Count >= Many && await IsAllowedAsync(Everything).ConfigureAwait(false) == true)
        {
            return [];
        }

        var denied = await Task.WhenAll(needed.Select(AskAsync)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return [.. denied.OfType<AccessQuestion>()];

        async Task<AccessQuestion?> AskAsync(AccessQuestion right) => await IsAllowedAsync(right).ConfigureAwait(false) == false ? right : null;

        async Task<bool?> IsAllowedAsync(AccessQuestion right)
        {
            try
            {
                await slots.WaitAsync(both.Token).ConfigureAwait(false);
                try
                {
                    return (await reviews.ReviewAsync(right, both.Token).ConfigureAwait(false)).Allowed;
                }
                finally
                {
                    slots.Release();
                }
            }
            catch (ClusterException)
            {
                // Not known: the server is in trouble, or lets nobody ask. Either shows in what follows.
                return null;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    /// <summary>A namespace is made once per cluster, by the first who may; where it is missing and may not be made, the run says so itself.</summary>
    private static bool IsNeededNow(AccessQuestion right) => right is not { Verb: "create", Group: "", Resource: "namespaces" };
}
