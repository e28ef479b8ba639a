using System.Globalization;
using System.Text;

namespace Recipes.Connections;

/// <summary>Writes a mail of plain text as it goes over the wire: ASCII, lines that end with CR LF, none of which begins with a dot.</summary>
/// <remarks>Source: RFC 5322; RFC 2045 and RFC 2047 for what is not ASCII; RFC 3834 for mail that nobody should answer by machine.</remarks>
internal static class MailMessageText
{
    // A line with an encoded word has at most 76 characters, the header's name included; 39 bytes make 52 of them.
    private const int BytesPerWord = 39;
    private const int LongestPlain = 60;
    private const int LineLength = 76;

    /// <param name="from">As <see cref="EmailAddress"/>.</param>
    /// <param name="to">As <see cref="EmailAddress"/>.</param>
    /// <param name="subject">Any text; line ends and other controls become spaces.</param>
    public static byte[] Of(string from, string to, string subject, string body, Guid id, DateTimeOffset at)
    {
        var text = new StringBuilder();
        Header("From", $"Recipes <{from}>");
        Header("To", $"<{to}>");
        Header("Subject", Words(subject));
        Header("Date", at.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture));
        Header("Message-ID", $"<{id:N}@{from[(from.LastIndexOf('@') + 1)..]}>");
        Header("Auto-Submitted", "auto-generated");
        Header("MIME-Version", "1.0");
        Header("Content-Type", "text/plain; charset=utf-8");
        Header("Content-Transfer-Encoding", "base64");
        text.Append("\r\n");
        var content = Convert.ToBase64String(Encoding.UTF8.GetBytes(body.ReplaceLineEndings("\r\n")));
        for (var i = 0; i < content.Length; i += LineLength)
            text.Append(content, i, Math.Min(LineLength, content.Length - i)).Append("\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());

        void Header(string name, string value) => text.Append(name).Append(": ").Append(value).Append("\r\n");
    }

    private static string Words(string subject)
    {
        var line = string.Concat(subject.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        // What looks like an encoded word would be read as one.
        if (line.Length <= LongestPlain && line.All(c => c is >= ' ' and <= '~') && !line.Contains("=?", StringComparison.Ordinal))
            return line;
        List<string> words = [];
        var word = new List<byte>(BytesPerWord);
        var bytes = new byte[4];
        foreach (var rune in line.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(bytes);
            if (word.Count + length > BytesPerWord)
                Close();
            word.AddRange(bytes.AsSpan(0, length));
        }

        Close();
        return string.Join("\r\n ", words);

        void Close()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. word])}?=");
            word.Clear();
        }
    }
}
