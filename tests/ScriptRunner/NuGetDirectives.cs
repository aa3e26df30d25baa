using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ScriptRunner;

/// <summary><c>#r "nuget: …"</c> was resolved before the script was compiled; here it means nothing more.</summary>
internal sealed class NuGetDirectives : MetadataReferenceResolver
{
    public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties) =>
        reference.StartsWith("nuget:", StringComparison.Ordinal) ? [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)] : [];

    public override bool Equals(object? other) => other is NuGetDirectives;

    public override int GetHashCode() => 1;
}
