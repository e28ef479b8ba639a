using System.Net.Http.Headers;

namespace Recipes.Connections;

/// <summary>OAuth 2.0 with the authorization code grant and refresh.</summary>
/// <remarks>Source: RFC 6749 §4.1 and §6, RFC 6750 §2.1, RFC 7636, RFC 9207.</remarks>
public sealed record OAuth2Scheme : AuthScheme
{
    public required FieldTemplate AuthorizationEndpoint { get; init; }
    public required FieldTemplate TokenEndpoint { get; init; }

    /// <summary>RFC 7009; null when the provider has none.</summary>
    public FieldTemplate? RevocationEndpoint { get; init; }

    /// <summary>The issuer that must come back in <c>iss</c>; null when the provider sends none.</summary>
    public FieldTemplate? Issuer { get; init; }

    /// <summary>Asked for when the definition names none.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
    public string ScopeSeparator { get; init; } = " ";

    public ClientAuthentication ClientAuthentication { get; init; } = ClientAuthentication.Basic;

    /// <summary>PKCE with S256; off only where the provider breaks on it.</summary>
    public bool Pkce { get; init; } = true;

    /// <summary>Further parameters of the authorization request.</summary>
    public IReadOnlyDictionary<string, string> AuthorizationParameters { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override bool NeedsConsent => true;

    /// <inheritdoc/>
    public override RequestAuthenticator CreateAuthenticator(IReadOnlyDictionary<string, string> fields, Credential credential)
    {
        var token = credential.Tokens?.AccessToken.Reveal() ?? throw new FormatException("The connection has no access token.");
        return new HeaderAuthenticator(new AuthenticationHeaderValue("Bearer", token));
    }
}
