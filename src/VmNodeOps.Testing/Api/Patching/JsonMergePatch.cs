using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Patching;

/// <summary>RFC 7386: members replace members, null removes, lists are replaced whole.</summary>
internal static class JsonMergePatch
{
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (member, value) in patch)
        {
            if (value is null)
            {
                target.Remove(member);
            }
            else if (value is JsonObject nested)
            {
                if (target[member] is JsonObject existing)
                {
                    Apply(existing, nested);
                }
                else
                {
                    target[member] = Apply([], nested);
                }
            }
            else
            {
                target[member] = value.DeepClone();
            }
        }

        return target;
    }
}
