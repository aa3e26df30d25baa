using System.CommandLine.Completions;
using VmNodeOps.Cluster;
using VmNodeOps.Tool.CommandLine;

namespace VmNodeOps.Tool.Completion;

/// <summary>The nodes of the cluster that a half-typed command line means. Whoever presses Tab waits, so there is little time unless the line gives a --timeout, and silence serves better than a complaint.</summary>
internal sealed class NodeNames(ToolServices services)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The help enumerates completions too, to show what an argument may be; it has no line that somebody types, and must not ask a cluster.</summary>
    public IEnumerable<CompletionItem> Of(CompletionContext context)
    {
        if (context is not TextCompletionContext)
        {
            return [];
        }

        var named = context.ParseResult.Tokens.Select(static token => token.Value).ToHashSet(StringComparer.Ordinal);
        return Read(context).Where(name => !named.Contains(name) || name == context.WordToComplete).Select(static name => new CompletionItem(name));
    }

    private IReadOnlyList<string> Read(CompletionContext context)
    {
        try
        {
            var patience = context.ParseResult.GetValue(services.Options.Timeout) ?? Patience;
            using var cluster = services.Connect(context.ParseResult, patience);
            using var limit = new CancellationTokenSource(patience, services.Time);
            // Completions are asked for without an await; nothing here needs the thread that waits.
            var nodes = Task.Run(() => cluster.Nodes.ListAsync(Selection.All, limit.Token)).GetAwaiter().GetResult();
            return [.. nodes.Items.Select(static node => node.Name.Name)];
        }
        catch (Exception exception) when (exception is ClusterException or OperationCanceledException)
        {
            return [];
        }
    }
}
