namespace VmNodeOps.Testing.Api.Deletion;

/// <summary>The last version of a deleted object, and whether it is gone or only marked.</summary>
internal sealed record DeleteOutcome(StoredObject Object, bool Gone);
