namespace Recipes.Connections;

/// <summary>How far a token request got that brought no tokens: whether the provider may have replaced a refresh token all the same.</summary>
internal enum TokenRequestFate
{
    /// <summary>It never reached the provider.</summary>
    NotSent,
    /// <summary>The provider refused it in so many words.</summary>
    Answered,
    /// <summary>The connection broke after it was sent.</summary>
    Broken,
    /// <summary>No answer in time, or one that says nothing of what the provider did: a gateway's error, a success without a token.</summary>
    Unclear,
}
