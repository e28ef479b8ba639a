namespace Recipes.Conformance;

/// <summary>What one person has granted at a stand-in, and what was issued for it.</summary>
internal sealed class Grant
{
    public string? Code { get; set; }
    public string? CodeChallenge { get; init; }
    public string? RedirectUri { get; init; }
    public string? DeviceCode { get; init; }
    public IReadOnlyList<string> Scopes { get; init; } = [];
    public string? AccessToken { get; set; }
    public string? RefreshToken { get; set; }

    /// <summary>Thumbprint of the key that the token is bound to (RFC 9449); null when it is bound to none.</summary>
    public string? KeyThumbprint { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Whether its owner or the app took it back: nothing of it works any more.</summary>
    public bool IsRevoked { get; set; }
}
