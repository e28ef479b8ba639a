using System.Globalization;
using System.Text;

namespace Recipes.Connectors;

/// <summary>Collects a rendered text up to a limit.</summary>
internal sealed class LimitedWriter : TextWriter
{
    /// <summary>Most characters one template may produce.</summary>
    public const int Limit = 16 * 1024 * 1024;

    private readonly StringBuilder _text = new();

    public LimitedWriter()
        : base(CultureInfo.InvariantCulture)
    {
    }

    public override Encoding Encoding => Encoding.Unicode;

    public override void Write(char value)
    {
        Check(1);
        _text.Append(value);
    }

    public override void Write(string? value)
    {
        Check(value?.Length ?? 0);
        _text.Append(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        Check(count);
        _text.Append(buffer, index, count);
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        Check(buffer.Length);
        _text.Append(buffer);
    }

    public override string ToString() => _text.ToString();

    private void Check(int more)
    {
        if (_text.Length + more > Limit)
            throw new TemplateException($"The text grows beyond {Limit / (1024 * 1024)} million characters.");
    }
}
