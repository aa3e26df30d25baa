using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>What controllers ask of a pod object.</summary>
internal static class PodReading
{
    public static string Phase(this StoredObject pod) => pod.Phase ?? "Pending";

    /// <summary>Succeeded or Failed: its containers never run again.</summary>
    public static bool IsFinal(this StoredObject pod) => pod.Phase() is "Succeeded" or "Failed";

    /// <summary>Neither final nor on its way out: what a replica set counts.</summary>
    public static bool IsActive(this StoredObject pod) => !pod.IsFinal() && !pod.IsDeleting;

    public static string RestartPolicy(this StoredObject pod) => pod.Json["spec"].Text("restartPolicy") ?? "Always";

    public static string? Annotation(this StoredObject item, string name) => item.Json["metadata"].Child("annotations").Text(name);

    /// <summary>The owner with <c>controller: true</c>, if any.</summary>
    public static (string Kind, string Name, string Uid)? Controller(this StoredObject item)
    {
        foreach (var owner in item.Owners)
        {
            if (owner.IsController)
            {
                return (owner.Kind, owner.Name, owner.Uid);
            }
        }

        return null;
    }
}
