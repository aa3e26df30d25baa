using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Mapping;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>Remediations over HTTPS. The server is asked first which groups it serves: without the right to list, a group that is not there answers 403 like one that is.</summary>
internal sealed class KubernetesRemediations(ApiGateway gateway) : IRemediations
{
    /// <summary>The operators tell the node's name here when the resource's own name is another.</summary>
    private const string NodeAnnotation = "remediation.medik8s.io/node-name";

    private static readonly ApiRequest Groups = new() { Method = HttpMethod.Get, Target = "/apis", What = "read the server's API groups", IsRead = true };

    private static readonly (string Group, string Plural, string Kind, bool IsNamespaced)[] Known =
    [
        ("self-node-remediation.medik8s.io", "selfnoderemediations", "SelfNodeRemediation", true),
        ("fence-agents-remediation.medik8s.io", "fenceagentsremediations", "FenceAgentsRemediation", true),
        ("machine-deletion-remediation.medik8s.io", "machinedeletionremediations", "MachineDeletionRemediation", true),
        ("nodemaintenance.medik8s.io", "nodemaintenances", "NodeMaintenance", false),
    ];

    public async Task<RemediationListing> ListAsync(CancellationToken cancellationToken = default)
    {
        var served = await gateway.SendAsync(Groups, WireJson.Default.ApiGroupsDto, cancellationToken).ConfigureAwait(false);
        var found = new List<Remediation>();
        var rights = new List<AccessQuestion>();
        foreach (var (group, plural, kind, isNamespaced) in Known)
        {
            if (served.Groups?.FirstOrDefault(one => one.Name == group)?.PreferredVersion?.Version is not { Length: > 0 } version)
            {
                continue;
            }

            rights.Add(new AccessQuestion { Verb = "list", Group = group, Resource = plural });
            var resource = new Resource<RemediationDto, Remediation>
            {
                Kind = new ResourceKind { Group = group, Version = version, Plural = plural, Noun = kind, IsNamespaced = isNamespaced },
                TypeOf = static () => WireJson.Default.RemediationDto,
                Map = dto => Map(dto, kind),
            };
            var listed = await new KubernetesReader<RemediationDto, Remediation>(gateway, resource).ListAsync(Selection.All, cancellationToken).ConfigureAwait(false);
            found.AddRange(listed.Items);
        }

        return new RemediationListing { Items = found, Rights = rights };
    }

    private static Remediation Map(RemediationDto dto, string kind)
    {
        var name = Common.NameOf(dto);
        return new Remediation
        {
            Name = name,
            Uid = Common.UidOf(dto),
            Kind = kind,
            NodeName = Common.Filled(dto.Spec?.NodeName) ?? Common.Filled(dto.Metadata?.Annotations?.GetValueOrDefault(NodeAnnotation)) ?? name.Name,
        };
    }
}
