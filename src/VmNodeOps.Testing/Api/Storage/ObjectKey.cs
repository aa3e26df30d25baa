namespace VmNodeOps.Testing.Api.Storage;

/// <summary>Where an object is within its type; the namespace of what has none is empty.</summary>
internal readonly record struct ObjectKey(string Namespace, string Name)
{
    public static ObjectKey Of(StoredObject stored) => new(stored.Namespace ?? "", stored.Name);
}
