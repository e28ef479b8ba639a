using System.Net;
using System.Net.Http.Headers;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Bound tokens against a real authorization server, whose own resource checks the proofs.</summary>
public sealed class DPoPTests(OidcFixture oidc) : IClassFixture<OidcFixture>
{
    private OidcProvider Provider => oidc.Provider;

    [NodeTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bound_token_is_had_used_and_renewed_with_proofs(bool withNonce)
    {
        await Provider.SetDPoPNonceAsync(withNonce);
        await using var harness = await ConnectionsHarness.StartAsync(Connector(), [Provider.Issuer.Authority]);
        var id = await ConsentAsync(harness);
        var before = (await harness.CredentialAsync(id)).Tokens!;

        var probed = await harness.ProbeAsync(id);
        await harness.SetTokensAsync(id, tokens => tokens with { ExpiresAt = DateTimeOffset.UnixEpoch });
        var renewed = await harness.SendAsync(id, "me");
        var after = (await harness.CredentialAsync(id)).Tokens!;

        before.TokenType.ShouldBe("DPoP");
        probed.ShouldBeOfType<ProbeResult.Passed>().AccountLabel.ShouldBe("alice");
        renewed.Failure.ShouldBeNull();
        after.AccessToken.ShouldNotBe(before.AccessToken);
        after.TokenType.ShouldBe("DPoP");
        after.Values[DPoPProof.KeyValue].ShouldBe(before.Values[DPoPProof.KeyValue]);
    }

    [NodeFact]
    public async Task A_token_without_its_key_is_worth_nothing()
    {
        await Provider.SetDPoPNonceAsync(false);
        await using var harness = await ConnectionsHarness.StartAsync(Connector(), [Provider.Issuer.Authority]);
        var id = await ConsentAsync(harness);
        var token = (await harness.CredentialAsync(id)).Tokens!.AccessToken.Reveal();
        using var thief = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var otherKey = SigningKey.NewEs256();

        using var asBearer = await thief.GetAsync(new Uri(Provider.Issuer, "me"));
        await harness.SetTokensAsync(id, tokens => tokens with { RefreshToken = null, Values = new Dictionary<string, Secret> { [DPoPProof.KeyValue] = otherKey.ExportPem()! } });
        var withOtherKey = await harness.SendAsync(id, "me");

        ((int)asBearer.StatusCode).ShouldBeInRange(400, 401);
        withOtherKey.Failure.ShouldNotBeNull();
        withOtherKey.Response!.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [NodeFact]
    public async Task A_token_of_the_client_itself_is_bound_too_and_keeps_its_key()
    {
        await Provider.SetDPoPNonceAsync(true);
        await using var harness = await ConnectionsHarness.StartAsync(Connector(), [Provider.Issuer.Authority]);
        var (client, secret) = ($"client-{Guid.NewGuid():N}", harness.NewSecret("client secret"));
        await Provider.AddClientCredentialsClientAsync(client, secret);
        await harness.DefineAsync("k", "app", "machine", clientId: client, clientSecret: secret);
        var id = await harness.ConnectAsync("k", []);

        // The provider's own resource takes no tokens without a person; what counts here is the token.
        await harness.SendAsync(id, "me");
        var first = (await harness.CredentialAsync(id)).Tokens!;

        first.TokenType.ShouldBe("DPoP");
        first.Values.Keys.ShouldBe([DPoPProof.KeyValue]);
    }

    private async Task<ConnectionId> ConsentAsync(ConnectionsHarness harness)
    {
        var (client, key) = ($"client-{Guid.NewGuid():N}", $"crm-{Guid.NewGuid():N}");
        var secret = harness.NewSecret("client secret");
        await Provider.AddClientAsync(client, secret, "client_secret_basic", ConnectionsHarness.Callback(key).AbsoluteUri);
        await harness.DefineAsync(key, "app", "oauth2", clientId: client, clientSecret: secret);
        var id = await harness.ConnectAsync(key, []);
        (await harness.AuthorizeAsync(id)).ShouldBeOfType<FlowOutcome.Connected>();
        return id;
    }

    private IConnectorProfiles Connector() => ConnectorText.Load(Provider.Issuer, $$"""
        - type: oauth2
          dpop: true
          authorizationEndpoint: {{Provider.AuthorizationEndpoint}}
          tokenEndpoint: {{Provider.TokenEndpoint}}
          scopes: [openid, offline_access]
          authorizationParameters: { prompt: consent }
          probe: { path: /me, accountLabel: sub }
        - name: machine
          type: oauth2
          grant: clientCredentials
          dpop: true
          tokenEndpoint: {{Provider.TokenEndpoint}}
        """);
}
