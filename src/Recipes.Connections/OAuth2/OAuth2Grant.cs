namespace Recipes.Connections;

/// <summary>How an OAuth 2.0 token is obtained first.</summary>
public enum OAuth2Grant
{
    /// <summary>RFC 6749 §4.1: a person consents in a browser.</summary>
    AuthorizationCode,
    /// <summary>RFC 6749 §4.4: the client acts for itself.</summary>
    ClientCredentials,
    /// <summary>RFC 6749 §4.3, which OAuth 2.1 forbids: the app sees the password. Off unless an operator allows it.</summary>
    Password,
    /// <summary>RFC 7523: an assertion signed with a key that the app knows.</summary>
    JwtBearer,
    /// <summary>RFC 8628: a person consents on another device.</summary>
    DeviceCode,
    /// <summary>RFC 8693: another token is exchanged for one.</summary>
    TokenExchange,
}
