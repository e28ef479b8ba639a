namespace Recipes.Connections;

/// <summary>What a mail server answers to one command.</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="Lines">Its words, line by line, without the code.</param>
/// <remarks>Source: RFC 5321 §4.2.</remarks>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    public bool IsGood => Code is >= 200 and < 300;

    /// <summary>Whether the same would be refused again.</summary>
    public bool IsForGood => Code >= 500;

    public string Text => $"{Code} {string.Join(' ', Lines)}";
}
