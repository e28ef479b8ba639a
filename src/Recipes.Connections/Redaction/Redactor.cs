using System.Text;

namespace Recipes.Connections;

/// <summary>Takes known secrets out of a text, raw, percent-encoded or in base64. The last line of defence, behind types and keys.</summary>
public sealed class Redactor
{
    private const int ShortestSecret = 8;
    private readonly string[] _needles;

    public Redactor(IEnumerable<Secret> secrets)
    {
        var needles = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in secrets.Select(s => s.Reveal()).Where(v => v.Length >= ShortestSecret))
        {
            needles.Add(value);
            needles.Add(Uri.EscapeDataString(value));
            needles.Add(Uri.EscapeDataString(value).Replace("%20", "+", StringComparison.Ordinal));
            var bytes = Encoding.UTF8.GetBytes(value);
            // A secret inside a longer base64 text starts at one of three offsets; the outermost characters also carry its neighbours' bits.
            for (var offset = 0; offset < 3; offset++)
            {
                var base64 = Convert.ToBase64String([.. new byte[offset], .. bytes]);
                var start = offset == 0 ? 0 : offset + 1;
                var whole = (offset + bytes.Length) / 3 * 4;
                if (whole - start >= ShortestSecret)
                    AddBase64(needles, base64[start..whole]);
            }
        }

        _needles = [.. needles.OrderByDescending(n => n.Length)];
    }

    public string Redact(string text)
    {
        foreach (var needle in _needles)
            text = text.Replace(needle, "***", StringComparison.Ordinal);
        return text;
    }

    private static void AddBase64(HashSet<string> needles, string base64)
    {
        needles.Add(base64);
        needles.Add(base64.Replace('+', '-').Replace('/', '_'));
        needles.Add(Uri.EscapeDataString(base64));
    }
}
