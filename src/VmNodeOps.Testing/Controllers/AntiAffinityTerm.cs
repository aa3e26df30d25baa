using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>One required term of pod anti-affinity: not into a topology domain that runs a pod which the selector matches.</summary>
internal sealed record AntiAffinityTerm(string TopologyKey, IReadOnlyList<string> Namespaces, LabelMatcher Matcher)
{
    public static IReadOnlyList<AntiAffinityTerm> Of(StoredObject pod) =>
    [
        .. pod.Json["spec"].Child("affinity").Child("podAntiAffinity").Children("requiredDuringSchedulingIgnoredDuringExecution")
            .Select(term =>
            {
                var namespaces = term.Texts("namespaces").ToList();
                return new AntiAffinityTerm(
                    term.Text("topologyKey") ?? "", namespaces.Count == 0 ? [pod.Namespace!] : namespaces, LabelMatcher.Of(term["labelSelector"]));
            }),
    ];
}
