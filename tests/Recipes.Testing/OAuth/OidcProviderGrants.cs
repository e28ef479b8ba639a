using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recipes.Testing;

/// <summary>Grants that take no person, and token endpoints that differ from the textbook.</summary>
public sealed partial class OidcProvider
{
    public const string JwtBearerGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    public const string TokenExchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange";

    /// <summary>Registers a client for grants that take no person, or puts another in its place.</summary>
    /// <param name="secret">Null for a public client, or one with a key of its own.</param>
    /// <param name="publicJwk">The key that client assertions are checked with, as a JWK.</param>
    public Task AddMachineClientAsync(string id, string? secret, string authMethod, IReadOnlyList<string> grantTypes, JsonObject? publicJwk = null) => OrderAsync("addClient", new
    {
        client_id = id,
        client_secret = secret,
        token_endpoint_auth_method = authMethod,
        redirect_uris = (string[])[],
        response_types = (string[])[],
        grant_types = grantTypes,
        jwks = publicJwk is null ? null : new { keys = new[] { publicJwk } },
    });

    /// <summary>Gives an account the password that the password grant asks for.</summary>
    public Task SetPasswordAsync(string username, string password) => OrderAsync("setPassword", new { username, password });

    /// <summary>Assertions of this issuer are checked with this key from now on; each may be used once.</summary>
    public Task TrustIssuerAsync(string issuer, JsonObject publicJwk) => OrderAsync("trustIssuer", new { issuer, jwk = publicJwk });

    /// <summary>Sets up a token endpoint that differs.</summary>
    /// <param name="name">Letters and digits.</param>
    /// <param name="order">What differs, as <c>fronts.mjs</c> describes it.</param>
    /// <returns>Its address.</returns>
    public async Task<Uri> AddFrontAsync(string name, object order)
    {
        await OrderAsync("setFront", new { name, order });
        return new Uri(Issuer, $"/odd/{name}");
    }

    /// <summary>The last request that such an endpoint got: method, query, contentType, headers, parameters.</summary>
    public async Task<JsonObject> LastAtFrontAsync(string name)
    {
        using var answer = await _control.PostAsJsonAsync("/lastAtFront", new { name }, JsonSerializerOptions.Web);
        return await answer.Content.ReadFromJsonAsync<JsonObject>() ?? [];
    }
}
