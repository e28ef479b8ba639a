using System.Text;
using System.Text.RegularExpressions;

namespace Recipes.Testing;

/// <summary>A mail that a server took.</summary>
/// <param name="From">Sender on the envelope.</param>
/// <param name="To">Recipients on the envelope.</param>
/// <param name="Content">Header and body as they came.</param>
/// <param name="Secure">Whether it came under TLS.</param>
/// <param name="User">Who was signed in; null when nobody was.</param>
public sealed partial record ReceivedMail(string From, IReadOnlyList<string> To, string Content, bool Secure, string? User)
{
    private int HeaderEnd => Content.IndexOf("\r\n\r\n", StringComparison.Ordinal);

    /// <summary>The header's lines, with folded ones put together.</summary>
    public IReadOnlyList<string> Headers => Content[..HeaderEnd].Replace("\r\n ", " ", StringComparison.Ordinal).Split("\r\n");

    /// <summary>Value of a header, encoded words read.</summary>
    public string Header(string name)
    {
        var value = Headers.Single(h => h.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase))[(name.Length + 2)..];
        return EncodedWord().Replace(Gap().Replace(value, "?==?"), m => Encoding.UTF8.GetString(Convert.FromBase64String(m.Groups["text"].Value)));
    }

    /// <summary>The body, decoded.</summary>
    public string Text => Encoding.UTF8.GetString(Convert.FromBase64String(Content[(HeaderEnd + 4)..])).ReplaceLineEndings("\n");

    [GeneratedRegex(@"=\?utf-8\?B\?(?<text>[^?]*)\?=", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EncodedWord();

    // White space between encoded words is not part of the text.
    [GeneratedRegex(@"\?= +=\?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Gap();
}
