using Microsoft.AspNetCore.Authentication;

namespace Recipes.Host;

/// <summary>Which API token a browser signed in with: its hash travels in the session's cookie, which nobody but us can read, and the session ends with the token.</summary>
internal static class SessionToken
{
    private const string Hash = "token";

    public static AuthenticationProperties Of(string token) => new(new Dictionary<string, string?> { [Hash] = Convert.ToHexString(TokenText.Hash(token)) });

    /// <summary>In hexadecimal; null when there is none.</summary>
    public static string? HashIn(AuthenticationProperties session) => session.Items.TryGetValue(Hash, out var hash) ? hash : null;
}
