using System.CommandLine;
using VmNodeOps.Tool.CommandLine;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops schema</c>: the JSON Schema of runbooks, for editors.</summary>
internal sealed class SchemaCommand : Command
{
    public SchemaCommand(ToolServices services)
        : base("schema", "Writes the JSON Schema of runbooks, for editors and for checks before a run.") =>
        SetAction(_ =>
        {
            services.Console.Out.Write(StepRegistry.BuiltIn.ToJsonSchema());
            return (int)ExitCode.Done;
        });
}
