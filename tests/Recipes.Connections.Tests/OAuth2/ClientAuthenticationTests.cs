using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Every way in which a client shows who it is, and what becomes of one that is refused.</summary>
public sealed class ClientAuthenticationTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    private OidcProvider Provider => oidc.Provider;

    public async Task InitializeAsync()
    {
        await Provider.HealAsync();
        await Provider.ResetCountersAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    // RFC 6749 §2.3.1: id and secret are each form-encoded before they are joined.
    [Theory]
    [InlineData("s6BhdRkqt3", "gX1fBat3bV", "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW")]
    [InlineData("client:with:colons", "p@ss w+rd/%", "Basic Y2xpZW50JTNBd2l0aCUzQWNvbG9uczpwJTQwc3MrdyUyQnJkJTJGJTI1")]
    [InlineData("näme", "ключ", "Basic biVDMyVBNG1lOiVEMCVCQSVEMCVCQiVEMSU4RSVEMSU4Nw==")]
    public async Task Basic_encodes_id_and_secret_first(string id, string secret, string header)
    {
        (await AuthenticateAsync(ClientAuthentication.Basic, new(id, new Secret(secret)))).Headers["Authorization"].ShouldBe(header);
    }

    [Fact]
    public async Task Raw_basic_encodes_nothing_first()
    {
        var request = await AuthenticateAsync(ClientAuthentication.BasicRaw, new("client", new Secret("p@ss w+rd/%")));

        request.Headers["Authorization"].ShouldBe($"Basic {Convert.ToBase64String("client:p@ss w+rd/%"u8)}");
    }

    [Theory]
    [InlineData(ClientAuthentication.None)]
    [InlineData(ClientAuthentication.TlsClientAuth)]
    public async Task A_client_that_shows_no_secret_sends_none(ClientAuthentication way)
    {
        var request = await AuthenticateAsync(way, new("client", new Secret("never-sent")));

        request.Parameters.ShouldBe([new("client_id", "client")]);
        request.Headers.Keys.ShouldBe(["Accept"]);
    }

    [NodeTheory]
    [InlineData("client_secret_basic", ClientAuthentication.Basic, "basic")]
    [InlineData("client_secret_post", ClientAuthentication.Body, "body")]
    [InlineData("client_secret_jwt", ClientAuthentication.ClientSecretJwt, "assertion")]
    public async Task A_client_with_a_secret_is_let_in(string method, ClientAuthentication way, string counted)
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider) with { ClientAuthentication = way }, _clock);
        var id = await Machines.ConnectAsync(harness, Provider, method);

        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();

        (await Provider.CountersAsync()).ClientAuthentication.ShouldBe(new Dictionary<string, int> { [counted] = 1 });
    }

    [NodeFact]
    public async Task A_client_without_a_secret_is_let_in()
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Password(Provider) with { ClientAuthentication = ClientAuthentication.None }, _clock);
        var password = harness.NewSecret("password");
        await Provider.SetPasswordAsync("alice", password);
        var id = await Machines.ConnectAsync(harness, Provider, "none", ["password"], new() { ["username"] = "alice", ["password"] = password });

        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();

        (await Provider.CountersAsync()).ClientAuthentication.ShouldBe(new Dictionary<string, int> { ["none"] = 1 });
    }

    [NodeTheory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    public async Task A_client_with_a_private_key_is_let_in_each_time(string algorithm)
    {
        await using var harness = await Machines.StartAsync(Provider, PrivateKey(algorithm), _clock);
        var id = await KeyedAsync(harness, algorithm);
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();

        _clock.Advance(TimeSpan.FromSeconds(1));
        await harness.SetTokensAsync(id, t => t with { ExpiresAt = _clock.GetUtcNow() });

        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
        (await Provider.CountersAsync()).ClientAuthentication.ShouldBe(new Dictionary<string, int> { ["assertion"] = 2 });
    }

    [NodeFact]
    public async Task A_known_issuer_is_the_audience()
    {
        var scheme = PrivateKey("ES256") with { Issuer = FieldTemplate.Parse(Provider.IssuerText) };
        await using var harness = await Machines.StartAsync(Provider, scheme, _clock);
        var id = await KeyedAsync(harness, "ES256");

        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
    }

    [NodeFact]
    public async Task An_assertion_says_what_its_rules_say()
    {
        var front = await Provider.AddFrontAsync("assertions", new { });
        var rules = new AssertionRules
        {
            Algorithm = "ES256",
            KeyId = CredentialTemplate.Parse("key-{{client.id}}"),
            Issuer = CredentialTemplate.Parse("https://issuer.example"),
            Subject = CredentialTemplate.Parse("{{fields.account}}"),
            Audience = CredentialTemplate.Parse("https://audience.example"),
            ScopeClaim = "scopes",
            Claims = [new("tenant", CredentialTemplate.Parse("acme")), new("empty", CredentialTemplate.Parse("{{fields.account}}"))],
            Header = [new("x5t", CredentialTemplate.Parse("thumb"))],
            Lifetime = TimeSpan.FromMinutes(3),
        };
        var scheme = PrivateKey("ES256") with { TokenEndpoint = FieldTemplate.Parse(front.AbsoluteUri), ClientAssertion = rules, Fields = [Machines.Text("account") with { Required = false }] };
        await using var harness = await Machines.StartAsync(Provider, scheme, _clock);
        var id = await KeyedAsync(harness, "ES256");

        await harness.SendAsync(id, "api/read");

        var assertion = harness.Watch("assertion", (string)(await Provider.LastAtFrontAsync("assertions"))["parameters"]!["client_assertion"]!);
        var (header, claims) = (Part(assertion, 0), Part(assertion, 1));
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        header.Select(m => m.Key).ShouldBe(["typ", "kid", "x5t", "alg"]);
        ((string?)header["kid"]).ShouldStartWith("key-keyed-");
        claims.Select(m => m.Key).ShouldBe(["iss", "aud", "iat", "exp", "jti", "scopes", "tenant"]);
        ((long)claims["iat"]!, (long)claims["exp"]!).ShouldBe((now, now + 180));
        ((string?)claims["scopes"]).ShouldBe("api:read");
    }

    [NodeTheory]
    [InlineData("wrong")]
    [InlineData("expired")]
    [InlineData("unknown")]
    public async Task A_refused_client_of_the_definition_blames_the_definition_alone(string what)
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider), _clock);
        var id = await Machines.ConnectAsync(harness, Provider);
        var client = (await harness.DefinitionOfAsync(id)).OAuthApp!.ClientId;
        await SpoilAsync(harness, client, what);

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.ClientRejected);
        reply.Failure.ProviderCode.ShouldBe("invalid_client");
        (await harness.DefinitionOfAsync(id)).ClientFailure!.Kind.ShouldBe(FailureKind.ClientRejected);
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Yellow, null));
    }

    [NodeTheory]
    [InlineData("wrong")]
    [InlineData("expired")]
    [InlineData("unknown")]
    public async Task A_refused_client_of_the_account_blames_the_connection_alone(string what)
    {
        await using var harness = await Machines.StartAsync(Provider, Machines.OwnClient(Provider), _clock);
        var (client, secret) = ($"own-{Guid.NewGuid():N}", harness.NewSecret("own client secret"));
        await Provider.AddMachineClientAsync(client, secret, "client_secret_basic", ["client_credentials"]);
        var id = await Machines.ConnectOwnAsync(harness, new() { ["clientId"] = client, ["clientSecret"] = secret });
        await SpoilAsync(harness, client, what);

        var reply = await harness.SendAsync(id, "api/read");
        var dead = await harness.StandingAsync(id);
        await Provider.AddMachineClientAsync(client, secret, "client_secret_basic", ["client_credentials"]);
        var probe = await harness.ProbeAsync(id);

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        dead.ShouldBe((ConnectionState.ReauthorizationRequired, Health.Red, FailureKind.ModifiedCredentials));
        (await harness.DefinitionOfAsync(id)).ClientFailure.ShouldBeNull();
        probe.ShouldBeOfType<ProbeResult.Passed>();
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [NodeFact]
    public async Task A_client_with_another_key_is_rejected()
    {
        await using var harness = await Machines.StartAsync(Provider, PrivateKey("ES256"), _clock);
        var id = await KeyedAsync(harness, "ES256", otherKey: true);

        (await harness.SendAsync(id, "api/read")).Failure!.Kind.ShouldBe(FailureKind.ClientRejected);
    }

    [NodeFact]
    public async Task A_client_whose_assertion_has_expired_is_rejected()
    {
        var clock = new TestClock(TimeProvider.System.GetUtcNow().AddHours(-1));
        await using var harness = await Machines.StartAsync(Provider, PrivateKey("ES256"), clock);
        var id = await KeyedAsync(harness, "ES256");

        (await harness.SendAsync(id, "api/read")).Failure!.Kind.ShouldBe(FailureKind.ClientRejected);
    }

    [NodeFact]
    public async Task A_client_whose_assertion_is_replayed_is_rejected()
    {
        var scheme = PrivateKey("ES256");
        await using var harness = await Machines.StartAsync(Provider, scheme with { ClientAssertion = scheme.ClientAssertion with { Claims = [new("jti", CredentialTemplate.Parse("fixed-{{client.id}}"))] } }, _clock);
        var id = await KeyedAsync(harness, "ES256");
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();

        await harness.SetTokensAsync(id, t => t with { ExpiresAt = _clock.GetUtcNow() });

        (await harness.SendAsync(id, "api/read")).Failure!.Kind.ShouldBe(FailureKind.ClientRejected);
    }

    [NodeFact]
    public async Task What_is_no_key_is_told_when_the_definition_is_set_up()
    {
        await using var harness = await Machines.StartAsync(Provider, PrivateKey("RS256"), _clock);

        var result = await harness.Get<DefinitionSetup>().CreateAsync(
            ConnectionsHarness.Operator, new() { Key = "keyed", Connector = Machines.Connector, ClientId = "keyed", ClientSecret = new(harness.NewSecret("no key")) }, CancellationToken.None);

        var fault = result.ShouldBeOfType<SetupResult<ConnectionDefinition>.Invalid>().Faults.ShouldHaveSingleItem();
        fault.Path.ShouldBe("clientSecret");
        harness.Shown(fault.Message);
    }

    private OAuth2Scheme PrivateKey(string algorithm) =>
        Machines.Scheme(Provider) with { ClientAuthentication = ClientAuthentication.PrivateKeyJwt, ClientAssertion = new() { Algorithm = algorithm } };

    private async Task<ConnectionId> KeyedAsync(ConnectionsHarness harness, string algorithm, bool otherKey = false)
    {
        var client = $"keyed-{Guid.NewGuid():N}";
        var (pem, publicJwk) = NewKey(harness, algorithm);
        await Provider.AddMachineClientAsync(client, null, "private_key_jwt", ["client_credentials"], otherKey ? NewKey(harness, algorithm).PublicJwk : publicJwk);
        await harness.DefineAsync(client, Machines.Connector, Machines.Connector, clientId: client, clientSecret: pem);
        return await harness.ConnectAsync(client, []);
    }

    private static (string Pem, JsonObject PublicJwk) NewKey(ConnectionsHarness harness, string algorithm)
    {
        if (algorithm[0] == 'E')
            return Machines.NewKey(harness);
        using var rsa = RSA.Create(2048);
        var pem = harness.Watch("private key", rsa.ExportPkcs8PrivateKeyPem());
        using var key = SigningKey.Parse(algorithm, new(pem));
        return (pem, new JsonObject(key.PublicJwk.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)).Append(new("use", "sig"))));
    }

    private async Task SpoilAsync(ConnectionsHarness harness, string client, string what)
    {
        switch (what)
        {
            case "wrong": await Provider.SetClientSecretAsync(client, harness.NewSecret("other client secret")); break;
            case "expired": await Provider.ExpireClientSecretAsync(client); break;
            default: await Provider.DropClientAsync(client); break;
        }
    }

    private async Task<OAuth2Request> AuthenticateAsync(ClientAuthentication way, OAuthClient client)
    {
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(), [], _clock);
        var scheme = new OAuth2Scheme { Name = "any", DisplayName = "Any", ClientAuthentication = way };
        var account = new OAuth2Account
        {
            Definition = new() { Id = new(Guid.NewGuid()), Tenant = TenantId.Default, Key = StableKey.Parse("any"), DisplayName = "Any", Connector = "any", Scheme = "any", CreatedAt = _clock.GetUtcNow() },
            Connector = new() { Name = "any", DisplayName = "Any", BaseAddress = FieldTemplate.Parse("https://app.example"), Schemes = [scheme] },
            Scheme = scheme,
            Fields = new Dictionary<string, string>(),
            Client = client,
            Time = _clock,
        };
        var request = new OAuth2Request(new("https://app.example/token"), "The token endpoint");
        await harness.Get<ClientAuthenticator>().AuthenticateAsync(account, request, CancellationToken.None);
        return request;
    }

    private static JsonObject Part(string token, int at) => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[at]))!.AsObject();
}
