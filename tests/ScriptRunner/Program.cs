using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using ScriptRunner;

// script-runner SCRIPT.csx -- ARGUMENTS…
var file = Path.GetFullPath(args[0]);
var packages = Packages.Restore(file);
var byName = packages.ToDictionary(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase);
AssemblyLoadContext.Default.Resolving += (context, name) => byName.TryGetValue(name.Name!, out var path) ? context.LoadFromAssemblyPath(path) : null;

var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
    .Where(path => !Path.GetFileName(path).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal));
var options = ScriptOptions.Default
    .WithFilePath(file)
    .WithFileEncoding(System.Text.Encoding.UTF8)
    .WithLanguageVersion(Microsoft.CodeAnalysis.CSharp.LanguageVersion.Latest)
    .WithImports(
        "System", "System.IO", "System.Collections.Generic", "System.Diagnostics", "System.Dynamic", "System.Linq", "System.Linq.Expressions", "System.Text",
        "System.Threading.Tasks")
    .WithReferences(platform.Concat(packages).Select(path => MetadataReference.CreateFromFile(path)))
    .WithMetadataResolver(new NuGetDirectives())
    .WithSourceResolver(new SourceFileResolver([], Path.GetDirectoryName(file)));
try
{
    var script = CSharpScript.Create<object>(await File.ReadAllTextAsync(file), options, typeof(Globals));
    var state = await script.RunAsync(new Globals { Args = [.. args.Skip(1).SkipWhile((word, index) => index == 0 && word == "--")] });
    return state.ReturnValue is int code ? code : 0;
}
catch (CompilationErrorException exception)
{
    await Console.Error.WriteLineAsync(string.Join('\n', exception.Diagnostics));
    return 1;
}
