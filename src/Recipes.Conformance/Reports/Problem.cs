namespace Recipes.Conformance;

/// <summary>One thing that is not as it should be, in words for whoever writes the connector. No secret is in it.</summary>
/// <param name="Sent">What Recipes sent; null where nothing was.</param>
/// <param name="Answered">What the stand-in answered; null where nothing was.</param>
/// <param name="Mend">What to change.</param>
public sealed record Problem(string? Sent, string? Answered, string Expected, string Seen, string Mend)
{
    public override string ToString()
    {
        var sent = Sent is null ? "" : $"Sent: {Sent}. ";
        var answered = Answered is null ? "" : $"Answered: {Answered}. ";
        return $"{sent}{answered}Expected: {Expected}. Seen: {Seen}. {Mend}";
    }
}
