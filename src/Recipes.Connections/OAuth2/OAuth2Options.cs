namespace Recipes.Connections;

/// <summary>What an operator allows of OAuth 2.0. Section <c>OAuth2</c>.</summary>
public sealed class OAuth2Options
{
    /// <summary>Allows the password grant, in which the account's own password is kept here and shown to the token endpoint. Off by default.</summary>
    /// <remarks>Source: RFC 9700 §2.4, which forbids it.</remarks>
    public bool DangerousAllowPasswordGrant { get; set; }

    /// <summary>Why a scheme is not allowed, and what to use in its place; null when it is.</summary>
    internal string? WhyForbidden(AuthScheme scheme) => scheme is OAuth2Scheme { Grant: OAuth2Grant.Password } && !DangerousAllowPasswordGrant
        ? "The password grant is off: it hands the account's own password to this host and gets around its second factor, and OAuth 2.1 forbids it. "
            + "Use a scheme with the authorization code or device code grant, or client credentials for a machine. Where the app knows nothing else, an operator may allow it (setting OAuth2:DangerousAllowPasswordGrant)."
        : null;
}
