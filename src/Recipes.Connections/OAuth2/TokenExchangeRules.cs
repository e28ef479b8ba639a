namespace Recipes.Connections;

/// <summary>Which token is exchanged for which.</summary>
/// <remarks>Source: RFC 8693 §2.1.</remarks>
public sealed record TokenExchangeRules
{
    /// <summary>What <see cref="SubjectTokenType"/> is when nobody says.</summary>
    public const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    /// <summary>The token of the party on whose behalf the new one is, usually a secret field.</summary>
    public required CredentialTemplate SubjectToken { get; init; }

    /// <summary>Null means an access token.</summary>
    public CredentialTemplate? SubjectTokenType { get; init; }

    /// <summary>Null leaves it to the provider.</summary>
    public CredentialTemplate? RequestedTokenType { get; init; }

    /// <summary>Name of the service that the new token is for; null leaves it out.</summary>
    public CredentialTemplate? Audience { get; init; }

    internal IEnumerable<CredentialTemplate> Templates => new[] { SubjectToken, SubjectTokenType, RequestedTokenType, Audience }.OfType<CredentialTemplate>();
}
