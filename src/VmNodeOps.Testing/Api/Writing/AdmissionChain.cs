using VmNodeOps.Testing.Api.Storage;

namespace VmNodeOps.Testing.Api.Writing;

/// <summary>What every write passes: first the server's own namespace lifecycle, then what the simulation added, in that order.</summary>
internal sealed class AdmissionChain(ObjectStore store)
{
    private static readonly string[] Immortal = ["default", "kube-public", "kube-system"];

    private readonly List<IAdmission> _admissions = [];

    public void Add(IAdmission admission)
    {
        lock (store.Gate)
        {
            _admissions.Add(admission);
        }
    }

    public void Admit(AdmissionRequest request)
    {
        if (request is { Operation: AdmissionOperation.Create, Namespace: { Length: > 0 } ns })
        {
            RefuseInMissingOrTerminatingNamespace(request, ns);
        }

        if (request.Operation == AdmissionOperation.Delete && ReferenceEquals(request.Type, ResourceTypes.Namespaces) && Immortal.Contains(request.Name))
        {
            throw ApiErrors.Forbidden(request.Type, request.Name, "this namespace may not be deleted");
        }

        foreach (var admission in _admissions)
        {
            admission.Admit(request);
        }
    }

    /// <summary>Holds for subresources too: nothing can be evicted from a namespace that goes.</summary>
    private void RefuseInMissingOrTerminatingNamespace(AdmissionRequest request, string ns)
    {
        var found = store.Get(ResourceTypes.Namespaces, null, ns) ?? throw ApiErrors.NotFound(ResourceTypes.Namespaces, ns);
        if (found.IsDeleting)
        {
            throw ApiErrors.NamespaceTerminating(request.Type, request.Name, ns);
        }
    }
}
