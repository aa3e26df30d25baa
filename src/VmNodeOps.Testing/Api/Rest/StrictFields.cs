using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Rest;

/// <summary>Fields that a type does not have: refused when the client asks for strictness, else dropped, as a structural schema drops them.</summary>
internal sealed class StrictFields(ServerFeatures features)
{
    public void Apply(ApiCall call, JsonObject json)
    {
        if (!features.KnownSpecFields.TryGetValue(call.Type.QualifiedName, out var known) || json["spec"] is not JsonObject spec)
        {
            return;
        }

        foreach (var field in spec.Select(member => member.Key).Where(member => !known.Contains(member)).ToList())
        {
            if (call.Query.GetValueOrDefault("fieldValidation") == "Strict")
            {
                throw ApiErrors.BadRequest(
                    $"{call.Type.Kind} in version \"{call.Type.Version}\" cannot be handled as a {call.Type.Kind}: " +
                    $"strict decoding error: unknown field \"spec.{field}\"");
            }

            spec.Remove(field);
        }
    }
}
