using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recipes.Connections;

/// <summary>Takes known secrets out of a text, raw, percent-encoded or in base64. The last line of defence, behind types and keys.</summary>
public sealed partial class Redactor
{
    private const int ShortestSecret = 8;
    private readonly string[] _needles;

    public Redactor(IEnumerable<Secret> secrets)
    {
        var needles = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in secrets.Select(s => s.Reveal()).Where(v => v.Length >= ShortestSecret))
        {
            needles.Add(value);
            AddPercent(needles, Uri.EscapeDataString(value));
            needles.Add(JsonEncodedText.Encode(value).Value);
            needles.Add(JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value);
            needles.Add(value.Replace("/", "\\/", StringComparison.Ordinal));
            var bytes = Encoding.UTF8.GetBytes(value);
            // A secret inside a longer base64 text starts at one of three offsets; the outermost characters also carry its neighbours' bits.
            for (var offset = 0; offset < 3; offset++)
            {
                var base64 = Convert.ToBase64String([.. new byte[offset], .. bytes]);
                var start = offset == 0 ? 0 : offset + 1;
                var end = (offset + bytes.Length) * 8 / 6;
                if (end - start >= ShortestSecret)
                    AddBase64(needles, base64[start..end]);
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

    private static void AddPercent(HashSet<string> needles, string percent)
    {
        needles.Add(percent);
        needles.Add(percent.Replace("%20", "+", StringComparison.Ordinal));
        needles.Add(LowerHex().Replace(percent, m => m.Value.ToLowerInvariant()));
    }

    private static void AddBase64(HashSet<string> needles, string base64)
    {
        needles.Add(base64);
        needles.Add(base64.Replace('+', '-').Replace('/', '_'));
        needles.Add(Uri.EscapeDataString(base64));
    }

    [GeneratedRegex("%[0-9A-F]{2}", RegexOptions.None, 1000)]
    private static partial Regex LowerHex();
}
