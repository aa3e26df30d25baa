using System.Text;

namespace VmNodeOps.Scripting;

/// <summary>A writer whose other end may go away, or be full: that is remembered, and is no reason to leave a node half done.</summary>
internal sealed class LossyWriter(TextWriter inner) : TextWriter
{
    /// <summary>EPIPE, as Linux and macOS number it.</summary>
    private const int BrokenPipe = 32;

    private readonly Lock _gate = new();

    public override Encoding Encoding => inner.Encoding;

    /// <summary>Why nothing gets through any more; null while everything does.</summary>
    public string? Loss { get; private set; }

    /// <summary>Whether it is that the reader has seen enough, as <c>head</c> has.</summary>
    public bool ReaderHasLeft { get; private set; }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void Flush() => Try(inner.Flush);

    private void Try(Action act)
    {
        lock (_gate)
        {
            if (Loss is not null)
            {
                return;
            }

            try
            {
                act();
            }
            catch (IOException exception)
            {
                (Loss, ReaderHasLeft) = (exception.Message, exception.HResult == BrokenPipe);
            }
        }
    }
}
