using System.Text;

namespace Recipes.Connectors;

/// <summary>Makes the value of a header of a mail from any text.</summary>
/// <remarks>Source: RFC 2047 §2 for letters beyond ASCII.</remarks>
internal static class MailHeader
{
    // An encoded word has at most 75 characters; 45 bytes make 60 of base64, and 12 stand around them.
    private const int BytesPerWord = 45;

    /// <summary>One line: a line break would begin another header, so it becomes a space.</summary>
    public static string Encode(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        if (Ascii.IsValid(line))
            return line;
        var words = new List<string>();
        var word = new List<byte>();
        foreach (var rune in line.EnumerateRunes())
        {
            var bytes = Encoding.UTF8.GetBytes(rune.ToString());
            if (word.Count + bytes.Length > BytesPerWord)
                Finish();
            word.AddRange(bytes);
        }

        Finish();
        return string.Join("\r\n ", words);

        void Finish()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. word])}?=");
            word.Clear();
        }
    }
}
