using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>What controllers ask of a pod object.</summary>
internal static class PodReading
{
    public static string Phase(this StoredObject pod) => pod.Json["status"].Text("phase") ?? "Pending";

    /// <summary>Succeeded or Failed: its containers never run again.</summary>
    public static bool IsFinal(this StoredObject pod) => pod.Phase() is "Succeeded" or "Failed";

    public static bool IsReady(this StoredObject pod) => Conditions.StatusOf(pod.Json["status"], "Ready") == "True";

    /// <summary>Neither final nor on its way out: what a replica set counts.</summary>
    public static bool IsActive(this StoredObject pod) => !pod.IsFinal() && !pod.IsDeleting;

    public static string RestartPolicy(this StoredObject pod) => pod.Json["spec"].Text("restartPolicy") ?? "Always";

    public static string? Annotation(this StoredObject item, string name) => item.Json["metadata"].Child("annotations").Text(name);

    /// <summary>The owner with <c>controller: true</c>, if any.</summary>
    public static (string Kind, string Name, string Uid)? Controller(this StoredObject item)
    {
        foreach (var owner in item.Json["metadata"].Children("ownerReferences"))
        {
            if (owner.Flag("controller"))
            {
                return (owner.Text("kind") ?? "", owner.Text("name") ?? "", owner.Text("uid") ?? "");
            }
        }

        return null;
    }
}
