using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>Access reviews over HTTPS.</summary>
internal sealed class KubernetesAccessReviews(ApiGateway gateway) : IAccessReviews
{
    private static readonly ResourceKind Kind = new()
    {
        Group = "authorization.k8s.io", Version = "v1", Plural = "selfsubjectaccessreviews", Noun = "access review", IsNamespaced = false,
    };

    public async Task<AccessAnswer> ReviewAsync(AccessQuestion question, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        var attributes = new JsonObject { ["verb"] = question.Verb, ["group"] = question.Group, ["resource"] = question.Resource };
        Add(attributes, "subresource", question.Subresource);
        Add(attributes, "namespace", question.Namespace);
        Add(attributes, "name", question.Name);
        var body = new JsonObject
        {
            ["apiVersion"] = Kind.ApiVersion,
            ["kind"] = "SelfSubjectAccessReview",
            ["spec"] = new JsonObject { ["resourceAttributes"] = attributes },
        };
        // A POST that stores nothing: it may be repeated like a read.
        var request = Writes.Create(Kind, ns: null, body, options: null, $"ask for the right to {question.Verb} {question.Resource}") with { IsRead = true };
        var review = await gateway.SendAsync(request, WireJson.Default.AccessReviewDto, cancellationToken).ConfigureAwait(false);
        return new AccessAnswer
        {
            Allowed = review.Status?.Allowed ?? false,
            Reason = string.IsNullOrEmpty(review.Status?.Reason) ? review.Status?.EvaluationError ?? "" : review.Status.Reason,
        };
    }

    private static void Add(JsonObject attributes, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            attributes[name] = value;
        }
    }
}
