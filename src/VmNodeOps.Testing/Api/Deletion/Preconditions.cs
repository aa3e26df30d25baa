namespace VmNodeOps.Testing.Api.Deletion;

/// <summary>What a delete or an eviction says the object must be.</summary>
internal static class Preconditions
{
    public static void Check(StoredObject current, DeleteRequest request)
    {
        if (request.Uid is { } uid && uid != current.Uid)
        {
            throw ApiErrors.PreconditionFailed(
                current.Type,
                current.Name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({current.Uid}). " +
                "The object might have been deleted and then recreated");
        }

        var revision = (string)current.Json["metadata"]!["resourceVersion"]!;
        if (request.ResourceVersion is { } version && version != revision)
        {
            throw ApiErrors.PreconditionFailed(
                current.Type,
                current.Name,
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({revision}). " +
                "The object might have been modified");
        }
    }
}
