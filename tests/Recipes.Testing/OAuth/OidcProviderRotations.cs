using System.Net.Http.Json;
using System.Text.Json;

namespace Recipes.Testing;

/// <summary>What is needed to see that no token is lost.</summary>
public sealed partial class OidcProvider
{
    /// <summary>A resource that costs hardly anything and takes any token that lives, or died less than ten seconds ago.</summary>
    public Uri ApiBare => new(Issuer, "/api/bare");

    /// <summary>For these clients a refresh token that was replaced is accepted for so long; for all others its use revokes the whole grant.</summary>
    public Task SetGraceAsync(TimeSpan grace, params string[] clients) => OrderAsync("knobs", new { grace = clients.ToDictionary(c => c, _ => grace.TotalSeconds) });

    /// <summary>Refreshes since it started or since <see cref="ResetRotationsAsync"/>.</summary>
    public async Task<OidcRotations> RotationsAsync() =>
        await _control.GetFromJsonAsync<OidcRotations>("/rotations", JsonSerializerOptions.Web) ?? throw new InvalidOperationException("The provider gave no record.");

    public Task ResetRotationsAsync() => OrderAsync("resetRotations", new { });

    /// <summary>Tokens of a new grant of an account, without pages: the client may use the password grant and refresh.</summary>
    public async Task<(string AccessToken, string RefreshToken)> GrantAsync(string client, string secret, string account)
    {
        await SetPasswordAsync(account, "only-for-tests");
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, TokenEndpoint)
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "password"), new("username", account), new("password", "only-for-tests"), new("scope", "openid offline_access api:read"), new("client_id", client), new("client_secret", secret),
            ]),
        };
        using var answer = await http.SendAsync(request);
        var reply = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        return (reply.GetProperty("access_token").GetString()!, reply.GetProperty("refresh_token").GetString()!);
    }
}
