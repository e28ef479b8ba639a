namespace Recipes.Connections;

/// <summary>How a signed assertion is made. Claims left out here are those of the RFC.</summary>
/// <remarks>Source: RFC 7523 §3.</remarks>
public sealed record AssertionRules
{
    /// <summary>One of <see cref="SigningKey.Algorithms"/>.</summary>
    public string Algorithm { get; init; } = "RS256";

    /// <summary>Secret field with the key (PEM, JWK or shared secret); null means the client secret.</summary>
    public string? KeyField { get; init; }

    /// <summary>How a shared secret in <see cref="KeyField"/> is written.</summary>
    public KeyEncoding KeyEncoding { get; init; }

    /// <summary>The <c>kid</c> of the header; null leaves it out.</summary>
    public CredentialTemplate? KeyId { get; init; }
    public CredentialTemplate? Issuer { get; init; }
    public CredentialTemplate? Subject { get; init; }

    /// <summary>Null means the token endpoint; for the authentication of the client the issuer where it is known.</summary>
    public CredentialTemplate? Audience { get; init; }

    /// <summary>Claim that carries the scopes, joined with the scheme's separator; null leaves them out.</summary>
    public string? ScopeClaim { get; init; }

    /// <summary>Further claims, texts.</summary>
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> Claims { get; init; } = [];

    /// <summary>Further members of the header, texts.</summary>
    public IReadOnlyList<KeyValuePair<string, CredentialTemplate>> Header { get; init; } = [];

    /// <summary>How long it is valid.</summary>
    /// <value>10 seconds to 1 hour, default 1 minute.</value>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(1);
}
