namespace Recipes.Connections;

/// <summary>How the client shows at the token endpoint who it is.</summary>
/// <remarks>Source: RFC 6749 §2.3.1, RFC 7523 §2.2, RFC 8705 §2, OpenID Connect Core §9.</remarks>
public enum ClientAuthentication
{
    /// <summary>HTTP basic, id and secret form-encoded first, as the RFC says.</summary>
    Basic,
    /// <summary>HTTP basic without the form-encoding, for providers that forget it.</summary>
    BasicRaw,
    /// <summary>client_id and client_secret in the body.</summary>
    Body,
    /// <summary>client_id in the body and no secret at all: a public client.</summary>
    None,
    /// <summary>An assertion signed with the client's private key.</summary>
    PrivateKeyJwt,
    /// <summary>An assertion signed with the client secret.</summary>
    ClientSecretJwt,
    /// <summary>client_id in the body, and a client certificate.</summary>
    TlsClientAuth,
}
