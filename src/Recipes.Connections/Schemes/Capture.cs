namespace Recipes.Connections;

/// <summary>Where a captured value comes from.</summary>
public enum CaptureSource
{
    /// <summary>JSON member of the token reply, by dotted path.</summary>
    TokenReply,
    /// <summary>Header of the token reply.</summary>
    TokenHeader,
    /// <summary>Query parameter of the authorization callback.</summary>
    Callback,
    /// <summary>Claim of the ID token in the token reply.</summary>
    IdToken,
    /// <summary>JSON member of the answer to a follow-up call, by dotted path.</summary>
    Answer,
}

/// <summary>A value that the flow itself fills in: it becomes a plain field of the connection, or a secret beside the token.</summary>
/// <param name="Field">The plain field it becomes; null when it is kept as a secret.</param>
/// <param name="Secret">Name among <see cref="TokenSet.Values"/>; null when it becomes a field.</param>
/// <param name="Path">Dotted path, or the name of the header, parameter or claim.</param>
/// <param name="Pattern">What the value must match as a whole; a value that does not is no value. A group named <c>value</c> takes a part of it.</param>
/// <param name="Required">Whether connecting fails without it.</param>
public sealed record Capture(string? Field, string? Secret, CaptureSource From, string Path, ValuePattern Pattern, bool Required = true)
{
    private const int Longest = 2048;

    /// <summary>Put before what was read: the value of an app that has its accounts below one address, <c>https://api.app.example/sites/</c>.</summary>
    public string? Prefix { get; init; }

    /// <summary>The part of <paramref name="raw"/> that the pattern lets through; null when it does not fit.</summary>
    public string? Read(string? raw)
    {
        if (raw is null or { Length: 0 or > Longest })
            return null;
        var match = Pattern.Match(raw);
        if (!match.Success || match.Index != 0 || match.Length != raw.Length)
            return null;
        return $"{Prefix}{(match.Groups["value"] is { Success: true } part ? part.Value : raw)}";
    }
}
