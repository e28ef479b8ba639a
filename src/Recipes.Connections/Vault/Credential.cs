namespace Recipes.Connections;

/// <summary>The opened secret material of one connection. Lives in memory only.</summary>
public sealed record Credential
{
    /// <summary>Values of the scheme's secret fields, by field name; under a consent they stay beside its tokens.</summary>
    public IReadOnlyDictionary<string, Secret> Secrets { get; init; } = new Dictionary<string, Secret>();

    /// <summary>Tokens that the provider issued; null where the scheme has none, or has not got them yet.</summary>
    public TokenSet? Tokens { get; init; }

    /// <summary>Everything that must never show up in a text.</summary>
    public IEnumerable<Secret> All
    {
        get
        {
            foreach (var secret in Secrets.Values)
                yield return secret;
            if (Tokens is null)
                yield break;
            yield return Tokens.AccessToken;
            if (Tokens.RefreshToken is { } refresh)
                yield return refresh;
            if (Tokens.Replaced is { } replaced)
                yield return replaced.RefreshToken;
            foreach (var value in Tokens.Values.Values)
                yield return value;
        }
    }
}
