using System.Text;

namespace VmNodeOps.Scripting;

/// <summary>A writer through which no control character but line end and tab comes.</summary>
internal sealed class CleaningWriter : TextWriter
{
    private readonly TextWriter _inner;

    public CleaningWriter(TextWriter inner)
    {
        _inner = inner;
        NewLine = "\n";
    }

    public override Encoding Encoding => _inner.Encoding;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value)
    {
        if (value is not null)
        {
            _inner.Write(Printable.Text(value));
        }
    }

    public override void WriteLine(string? value) => Write(value + NewLine);

    public override void Flush() => _inner.Flush();
}
