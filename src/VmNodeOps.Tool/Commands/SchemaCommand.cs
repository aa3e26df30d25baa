using System.CommandLine;
using VmNodeOps.Tool.CommandLine;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops schema</c>: the JSON Schema of runbooks, for editors.</summary>
internal sealed class SchemaCommand : Command
{
    public SchemaCommand(ToolServices services)
        : base("schema", "Writes the JSON Schema of runbooks, for editors and for checks before a run.") =>
        SetAction(parsed =>
        {
            services.Console.WriteDocument(StepRegistry.BuiltIn.ToJsonSchema, () => StepRegistry.BuiltIn.ToJsonSchema().TrimEnd(), services.FormOf(parsed));
            return (int)ExitCode.Done;
        });
}
