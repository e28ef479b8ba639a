namespace Recipes.Connections;

/// <summary>How a connection comes by its OAuth 1.0 token.</summary>
public enum OAuth1Flow
{
    /// <summary>RFC 5849 §2: a person consents in a browser.</summary>
    ThreeLegged,
    /// <summary>No token at all: requests are signed with the consumer secret only.</summary>
    TwoLegged,
    /// <summary>User name and password are exchanged for a token, without a browser.</summary>
    XAuth,
    /// <summary>The account fills in a token and its secret that the app shows.</summary>
    Token,
}
