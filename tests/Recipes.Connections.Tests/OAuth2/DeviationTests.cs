using System.Text.Json.Nodes;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Token endpoints that differ from the textbook: what goes out on the wire, and what is made of the reply. Behind each is the real token endpoint.</summary>
public sealed class DeviationTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    private OidcProvider Provider => oidc.Provider;

    public async Task InitializeAsync()
    {
        await Provider.HealAsync();
        await Provider.ResetCountersAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [NodeFact]
    public async Task Parameters_can_travel_as_json()
    {
        var (last, _) = await AskAsync(new { accepts = "json" }, s => s with { TokenRequest = new() { Body = TokenRequestBody.Json } });

        ((string?)last["contentType"]).ShouldBe("application/json");
        Names(last).ShouldBe(["grant_type", "scope"]);
    }

    [NodeFact]
    public async Task Parameters_can_travel_in_the_query_of_a_get()
    {
        var (last, _) = await AskAsync(new { method = "GET", accepts = "query" }, s => s with { TokenRequest = new() { Method = HttpMethod.Get, Body = TokenRequestBody.Query } });

        ((string?)last["query"]).ShouldBe("?grant_type=client_credentials&scope=api%3Aread");
    }

    [NodeFact]
    public async Task Parameters_can_travel_in_the_query_of_a_post_without_a_body()
    {
        var (last, _) = await AskAsync(new { accepts = "query" }, s => s with { TokenRequest = new() { Body = TokenRequestBody.Query } });

        ((string?)last["method"]).ShouldBe("POST");
        ((string?)last["headers"]!["content-length"]).ShouldBe("0");
    }

    [NodeFact]
    public async Task Parameters_can_have_other_names()
    {
        var (last, _) = await AskAsync(
            new { names = new { client_id = "app_id", client_secret = "app_secret", scope = "permissions" } },
            s => s with { ClientAuthentication = ClientAuthentication.Body, ClientIdParameter = "app_id", ClientSecretParameter = "app_secret", ScopeParameter = "permissions" }, "client_secret_post");

        Names(last).ShouldBe(["grant_type", "permissions", "app_id", "app_secret"]);
    }

    [NodeFact]
    public async Task Parameters_can_be_added_replaced_and_left_out()
    {
        var (last, _) = await AskAsync(
            new { forbids = new[] { "grant_type" }, adds = new { grant_type = "client_credentials", scope = "api:read" } },
            s => s with
            {
                TokenRequest = new()
                {
                    Omit = ["grant_type"],
                    Parameters =
                    [
                        new("scope", CredentialTemplate.Parse("ALL")), new("tenant", CredentialTemplate.Parse("{{fields.tenant}}")), new("client_id", CredentialTemplate.Parse("{{client.id}}")),
                        new("absent", CredentialTemplate.Parse("{{fields.nothing}}")),
                    ],
                },
                Fields = [Machines.Text("tenant") with { Default = "acme" }, Machines.Text("nothing") with { Required = false }],
            });

        Names(last).ShouldBe(["scope", "tenant", "client_id"]);
        ((string?)last["parameters"]!["scope"], (string?)last["parameters"]!["tenant"]).ShouldBe(("ALL", "acme"));
    }

    [NodeFact]
    public async Task Headers_can_be_added()
    {
        var (last, _) = await AskAsync(
            new { needs = new Dictionary<string, string> { ["X-Api-Version"] = "2", ["Accept"] = "application/vnd.acme+json" } },
            s => s with { TokenRequest = new() { Headers = [new("X-Api-Version", CredentialTemplate.Parse("2")), new("Accept", CredentialTemplate.Parse("application/vnd.acme+json")), new("X-Client", CredentialTemplate.Parse("{{client.id}}"))] } });

        ((string?)last["headers"]!["x-client"]).ShouldStartWith("machine-");
    }

    [NodeFact]
    public async Task Scopes_can_be_parted_by_something_else()
    {
        var (last, tokens) = await AskAsync(
            new { adds = new { scope = "api:read api:write" }, reply = new { access_token = "$access_token", scope = "api:read, api:write" } },
            s => s with { ScopeSeparator = ",", ScopeChoices = [new("api:read"), new("api:write")] });

        ((string?)last["parameters"]!["scope"]).ShouldBe("api:read,api:write");
        tokens.Scopes.ShouldBe(["api:read", "api:write"]);
    }

    [NodeFact]
    public async Task Resources_are_named_in_the_token_request()
    {
        var (last, _) = await AskAsync(new { forbids = Array.Empty<string>(), names = new { ignored = "resource" } }, s => s with { Resources = [FieldTemplate.Parse("https://api.example/{{fields.tenant}}")], Fields = [Machines.Text("tenant") with { Default = "acme" }] });

        ((string?)last["parameters"]!["resource"]).ShouldBe("https://api.example/acme");
    }

    [NodeFact]
    public async Task A_reply_can_be_nested_and_renamed()
    {
        var (_, tokens) = await AskAsync(
            new { reply = new { code = 0, data = new { token = new { value = "$access_token", kind = "$token_type" }, ttl = "$expires_in*1000", permissions = new[] { "one", "two" } } } },
            s => s with
            {
                TokenResponse = new()
                {
                    AccessToken = ["access_token", "data.token.value"],
                    ExpiresIn = ["data.ttl"],
                    ExpiryUnit = ExpiryUnit.Milliseconds,
                    Scope = ["data.permissions"],
                    TokenType = ["data.token.kind"],
                },
            });

        tokens.LifeSpan.ShouldBe(TimeSpan.FromSeconds(600));
        tokens.Scopes.ShouldBe(["one", "two"]);
        tokens.TokenType.ShouldBe("Bearer");
    }

    [NodeTheory]
    [InlineData("text/html")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain; charset=no-such-charset")]
    public async Task A_form_is_read_whatever_its_type_says(string type)
    {
        var (_, tokens) = await AskAsync(new { type, form = true }, s => s);

        tokens.LifeSpan.ShouldBe(TimeSpan.FromSeconds(600));
        tokens.Scopes.ShouldBe(["api:read"]);
    }

    [NodeFact]
    public async Task Json_is_read_although_its_type_says_html()
    {
        var (_, tokens) = await AskAsync(new { type = "text/html" }, s => s);

        tokens.LifeSpan.ShouldBe(TimeSpan.FromSeconds(600));
    }

    [NodeTheory]
    [InlineData("$at", ExpiryUnit.UnixTime)]
    [InlineData("$at*1000", ExpiryUnit.UnixMilliseconds)]
    [InlineData("$date", ExpiryUnit.Date)]
    [InlineData("$expires_in/60", ExpiryUnit.Minutes)]
    public async Task A_life_can_be_told_in_another_way(string value, ExpiryUnit unit)
    {
        var (_, tokens) = await AskAsync(new { reply = new { access_token = "$access_token", expires = value } }, s => s with { TokenResponse = new() { ExpiresIn = ["expires"], ExpiryUnit = unit } });

        // The other side's clock is the machine's, and counts whole seconds.
        tokens.ExpiresAt!.Value.ShouldBe(_clock.GetUtcNow().AddSeconds(600), TimeSpan.FromSeconds(60));
    }

    [NodeTheory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task A_reply_that_tells_no_life_gets_the_declared_one(int? given)
    {
        var (_, tokens) = await AskAsync(new { reply = new { access_token = "$access_token", expires_in = given } }, s => s with { AccessTokenLifetime = TimeSpan.FromMinutes(20) });

        tokens.ExpiresAt.ShouldBe(_clock.GetUtcNow().AddMinutes(20));
        tokens.LifeSpan.ShouldBe(TimeSpan.FromMinutes(20));
    }

    [NodeFact]
    public async Task Without_any_word_of_its_life_a_token_lives_until_it_is_refused()
    {
        var (_, tokens) = await AskAsync(new { reply = new { access_token = "$access_token" } }, s => s);

        (tokens.ExpiresAt, tokens.LifeSpan).ShouldBe((null, null));
    }

    [NodeFact]
    public async Task Secrets_beside_the_token_are_kept_with_it()
    {
        var (_, tokens) = await AskAsync(
            new { reply = new { access_token = "$access_token", session = new { id = "s-1234567" } }, headers = new Dictionary<string, string> { ["X-Shard"] = "shard 70000007" } },
            s => s with
            {
                Captures =
                [
                    new(null, "session", CaptureSource.TokenReply, "session.id", Machines.Pattern("s-[0-9]+")), new(null, "shard", CaptureSource.TokenHeader, "x-shard", Machines.Pattern("shard (?<value>[0-9]+)")),
                    new(null, "absent", CaptureSource.TokenReply, "nothing", Machines.Pattern(".*"), Required: false),
                ],
            });

        tokens.Values.ToDictionary(v => v.Key, v => v.Value.Reveal()).ShouldBe(new Dictionary<string, string> { ["session"] = "s-1234567", ["shard"] = "70000007" });
    }

    [NodeFact]
    public async Task A_refresh_has_its_own_address_and_rules_and_keeps_what_does_not_come_again()
    {
        var first = await Provider.AddFrontAsync("first", new { reply = new { access_token = "$access_token", refresh_token = "$refresh_token", scope = "$scope", expires_in = 600, shard = "shard-number-1", session = "session-one" } });
        var again = await Provider.AddFrontAsync("again", new { accepts = "json", needs = new Dictionary<string, string> { ["X-Refresh"] = "yes" }, names = new { refresh_token = "token" }, reply = new { access_token = "$access_token", session = "session-two" } });
        var scheme = Machines.Password(Provider) with
        {
            TokenEndpoint = FieldTemplate.Parse(first.AbsoluteUri),
            RefreshEndpoint = FieldTemplate.Parse(again.AbsoluteUri),
            RefreshRequest = new()
            {
                Body = TokenRequestBody.Json,
                Headers = [new("X-Refresh", CredentialTemplate.Parse("yes"))],
                Parameters = [new("token", CredentialTemplate.Parse("{{tokens.refreshToken}}"))],
                Omit = ["refresh_token"],
            },
            Captures = [new(null, "shard", CaptureSource.TokenReply, "shard", Machines.Pattern("[a-z0-9-]+")), new(null, "session", CaptureSource.TokenReply, "session", Machines.Pattern("[a-z-]+"))],
        };
        await using var harness = await Machines.StartAsync(Provider, scheme, _clock);
        await Provider.SetRotationAsync(false);
        var password = harness.NewSecret("password");
        await Provider.SetPasswordAsync("mia", password);
        var id = await Machines.ConnectAsync(harness, Provider, grants: ["password", "refresh_token"], fields: new() { ["username"] = "mia", ["password"] = password });
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
        var before = (await harness.CredentialAsync(id)).Tokens!;

        _clock.Advance(TimeSpan.FromSeconds(601));
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
        var after = (await harness.CredentialAsync(id)).Tokens!;
        await Provider.SetRotationAsync(true);

        after.AccessToken.ShouldNotBe(before.AccessToken);
        after.RefreshToken.ShouldBe(before.RefreshToken);
        after.Scopes.ShouldBe(before.Scopes);
        after.RequestHash.ShouldBe(before.RequestHash);
        after.Values.ToDictionary(v => v.Key, v => v.Value.Reveal()).ShouldBe(new Dictionary<string, string> { ["shard"] = "shard-number-1", ["session"] = "session-two" });
    }

    // 200 with an error inside is a refusal.
    [NodeTheory]
    [InlineData("""{"error":"bad_verification_code","error_description":"It has expired."}""", FailureKind.ModifiedCredentials, "bad_verification_code")]
    [InlineData("""{"ok":false,"error":"invalid_refresh_token"}""", FailureKind.ModifiedCredentials, "invalid_refresh_token")]
    [InlineData("""{"ok":false,"error":"bad_client_secret"}""", FailureKind.ClientRejected, "bad_client_secret")]
    [InlineData("error=incorrect_client_credentials&error_description=The+client+is+unknown.", FailureKind.ClientRejected, "incorrect_client_credentials")]
    [InlineData("""{"ok":false,"error":"ratelimited"}""", FailureKind.RateLimited, "ratelimited")]
    [InlineData("""{"error":"something_new"}""", FailureKind.Unknown, "something_new")]
    [InlineData("""{"ok":true}""", FailureKind.Unknown, null)]
    [InlineData("<html><body>Sign in</body></html>", FailureKind.Unknown, null)]
    [InlineData("", FailureKind.Unknown, null)]
    [InlineData("""{"access_token":""}""", FailureKind.Unknown, null)]
    [InlineData("""{"access_token":"\ud800"}""", FailureKind.Unknown, null)]
    [InlineData("[]", FailureKind.Unknown, null)]
    public async Task A_reply_of_200_without_a_token_is_a_refusal(string body, FailureKind kind, string? code)
    {
        var front = await Provider.AddFrontAsync("refusing", new { reply = body, type = "text/plain" });
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider) with { TokenEndpoint = FieldTemplate.Parse(front.AbsoluteUri) }, _clock);
        var id = await Machines.ConnectAsync(harness, Provider);

        var reply = await harness.SendAsync(id, "api/read");

        (reply.Failure!.Kind, reply.Failure.ProviderCode, reply.Failure.Status).ShouldBe((kind, code, 200));
    }

    [NodeFact]
    public async Task A_connector_can_say_what_a_refusal_means()
    {
        var front = await Provider.AddFrontAsync("coded", new { reply = new { code = 40105, message = "app is not enabled" } });
        var rule = new ErrorRule { Statuses = [200], BodyPath = ["code"], Pattern = Machines.Pattern("^40105$"), Kind = FailureKind.ClientRejected };
        await using var harness = await Machines.StartAsync(Provider, Machines.Scheme(Provider) with { TokenEndpoint = FieldTemplate.Parse(front.AbsoluteUri), TokenResponse = new() { Errors = [rule] } }, _clock);
        var id = await Machines.ConnectAsync(harness, Provider);

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.ClientRejected);
        reply.Failure.ProviderWords.ShouldBe("app is not enabled");
    }

    [NodeFact]
    public async Task A_provider_that_repeats_what_it_was_sent_shows_no_secret()
    {
        var scheme = Machines.Password(Provider) with { ClientAuthentication = ClientAuthentication.Body, TokenRequest = new() { Parameters = [new("pin", CredentialTemplate.Parse("{{secrets.pin}}"))] } };
        await using var harness = await Machines.StartAsync(Provider, scheme with { Fields = [.. scheme.Fields, Machines.SecretField("pin")] }, _clock);
        var (password, pin) = (harness.NewSecret("password"), harness.NewSecret("pin"));
        var id = await Machines.ConnectAsync(harness, Provider, "client_secret_post", ["password"], new() { ["username"] = "nina", ["password"] = password, ["pin"] = pin });
        var client = await harness.DefinitionOfAsync(id);
        var secret = harness.Vault.OpenClientSecret(client.Tenant, client.Id, client.OAuthApp!.SealedClientSecret!).Reveal();
        await Provider.FailAsync(new() { Path = "/token", Status = 400, Type = "application/json", Body = $$"""{"error":"invalid_request","error_description":"You sent {{password}}, {{pin}} and {{secret}}."}""" });

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.ProviderWords.ShouldBe("You sent ***, *** and ***.");
        reply.Failure.Kind.ShouldBe(FailureKind.Unknown);
    }

    // Through a token endpoint that differs: the last request there, and the tokens that were made of its reply.
    private async Task<(JsonObject Last, TokenSet Tokens)> AskAsync(object order, Func<OAuth2Scheme, OAuth2Scheme> change, string authMethod = "client_secret_basic")
    {
        var name = $"front{Guid.NewGuid():N}";
        var front = await Provider.AddFrontAsync(name, order);
        await using var harness = await Machines.StartAsync(Provider, change(Machines.Scheme(Provider) with { TokenEndpoint = FieldTemplate.Parse(front.AbsoluteUri) }), _clock);
        var id = await Machines.ConnectAsync(harness, Provider, authMethod);

        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();

        return (await Provider.LastAtFrontAsync(name), (await harness.CredentialAsync(id)).Tokens!);
    }

    private static string[] Names(JsonObject last) => [.. last["parameters"]!.AsObject().Select(p => p.Key)];
}
