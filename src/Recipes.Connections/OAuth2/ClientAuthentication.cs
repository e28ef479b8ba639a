namespace Recipes.Connections;

/// <summary>How the client shows at the token endpoint who it is.</summary>
/// <remarks>Source: RFC 6749 §2.3.1.</remarks>
public enum ClientAuthentication
{
    /// <summary>HTTP basic, id and secret form-encoded first, as the RFC says.</summary>
    Basic,
    /// <summary>HTTP basic without the form-encoding, for providers that forget it.</summary>
    BasicRaw,
    /// <summary>client_id and client_secret in the body.</summary>
    Body,
}
