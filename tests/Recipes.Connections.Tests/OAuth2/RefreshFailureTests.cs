using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class RefreshFailureTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    private OidcProvider Provider => oidc.Provider;

    public Task InitializeAsync() => Provider.HealAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [NodeTheory]
    [InlineData(429, "7", FailureKind.RateLimited)]
    [InlineData(429, null, FailureKind.RateLimited)]
    [InlineData(429, "Wed, 21 Oct 2037 07:28:00 GMT", FailureKind.RateLimited)]
    [InlineData(503, "7", FailureKind.RateLimited)]
    [InlineData(503, null, FailureKind.Unavailable)]
    [InlineData(500, null, FailureKind.Unavailable)]
    [InlineData(502, null, FailureKind.Unavailable)]
    [InlineData(408, null, FailureKind.Unavailable)]
    public async Task A_token_endpoint_in_trouble_changes_neither_state_nor_colour(int status, string? retryAfter, FailureKind kind)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await UsedAndExpiredAsync(harness);
        // An outage may carry any words: they are no verdict.
        await Provider.FailAsync(new() { Path = "/token", Status = status, RetryAfter = retryAfter, Type = "application/json", Body = """{"error":"invalid_grant"}""" });

        var reply = await harness.SendAsync(id, "api/read");
        var standing = await harness.StandingAsync(id);
        var at = _clock.GetUtcNow();
        await Provider.HealAsync();
        // However far off it names a time, it is asked again within the hour.
        _clock.Advance(retryAfter is null ? TimeSpan.Zero : retryAfter == "7" ? TimeSpan.FromSeconds(8) : TimeSpan.FromMinutes(61));
        var next = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(kind);
        reply.Failure.RetryAt.ShouldBe(retryAfter switch
        {
            null => null,
            "7" => at.AddSeconds(7),
            _ => new DateTimeOffset(2037, 10, 21, 7, 28, 0, TimeSpan.Zero),
        });
        standing.ShouldBe((ConnectionState.Connected, Health.Green, kind));
        next.Failure.ShouldBeNull();
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
    }

    [NodeFact]
    public async Task A_dropped_token_request_is_an_outage()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await UsedAndExpiredAsync(harness);
        await Provider.FailAsync(new() { Path = "/token", Drop = true });

        var reply = await harness.SendAsync(id, "api/read");
        await Provider.HealAsync();
        var next = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        next.Failure.ShouldBeNull();
    }

    [NodeFact]
    public async Task A_provider_that_is_down_is_an_outage()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await UsedAndExpiredAsync(harness);
        await Provider.DownAsync();

        var reply = await harness.SendAsync(id, "api/read");
        var standing = await harness.StandingAsync(id);
        await Provider.UpAsync();
        var next = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        standing.ShouldBe((ConnectionState.Connected, Health.Green, FailureKind.Unavailable));
        next.Failure.ShouldBeNull();
    }

    [NodeFact]
    public async Task A_token_endpoint_that_takes_too_long_is_an_outage()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, timeout: TimeSpan.FromSeconds(1));
        var id = await harness.ConsentAsync(Provider);
        await harness.SetTokensAsync(id, t => t with { ExpiresAt = TimeProvider.System.GetUtcNow().AddMinutes(-1) });
        await Provider.SetLatencyAsync(TimeSpan.FromSeconds(5));

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        reply.Failure.Message.ShouldContain("no answer in time");
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [NodeTheory]
    [InlineData("rotated", "basic")]
    [InlineData("rotated", "body")]
    [InlineData("expired", "basic")]
    public async Task A_rejected_client_blames_the_definition_and_heals(string what, string scheme)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var secret = Canaries.NewSecret("client secret");
        var id = await UsedAndExpiredAsync(harness, scheme, secret);
        var definition = await harness.DefinitionOfAsync(id);
        var client = definition.OAuthApp!.ClientId;
        await (what == "rotated" ? Provider.SetClientSecretAsync(client, harness.NewSecret("other client secret")) : Provider.ExpireClientSecretAsync(client));

        var reply = await harness.SendAsync(id, "api/read");
        var standing = await harness.StandingAsync(id);
        var blamed = (await harness.DefinitionOfAsync(id)).ClientFailure;
        await Provider.AddClientAsync(client, secret, scheme == "body" ? "client_secret_post" : "client_secret_basic", ConnectionsHarness.Callback(definition.CallbackSlug).AbsoluteUri);
        var next = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.ClientRejected);
        standing.ShouldBe((ConnectionState.Connected, Health.Green, null));
        blamed!.Kind.ShouldBe(FailureKind.ClientRejected);
        next.Failure.ShouldBeNull();
        (await harness.DefinitionOfAsync(id)).ClientFailure.ShouldBeNull();
    }

    [NodeTheory]
    [InlineData(200, "application/json", "{}")]
    [InlineData(200, "text/html", "<h1>Sign in</h1>")]
    [InlineData(200, "application/json", "[]")]
    [InlineData(400, "application/json", """{"error":"invalid_request"}""")]
    [InlineData(304, "text/plain", "")]
    public async Task A_token_reply_that_makes_no_sense_is_no_verdict(int status, string type, string body)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await UsedAndExpiredAsync(harness);
        await Provider.FailAsync(new() { Path = "/token", Status = status, Type = type, Body = body });

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.Unknown);
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, FailureKind.Unknown));
    }

    [NodeFact]
    public async Task A_token_reply_in_a_charset_that_does_not_exist_is_read_all_the_same()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var id = await UsedAndExpiredAsync(harness);
        var token = harness.NewSecret("access token");
        await Provider.FailAsync(new() { Path = "/token", Status = 200, Type = "application/json; charset=utf8", Body = $$"""{"access_token":"{{token}}","expires_in":"3600"}""" });

        await harness.SendAsync(id, "api/read");

        (await harness.CredentialAsync(id)).Tokens!.AccessToken.Reveal().ShouldBe(token);
    }

    [NodeFact]
    public async Task What_the_token_endpoint_echoes_is_redacted()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, _clock);
        var secret = Canaries.NewSecret("client secret");
        var id = await UsedAndExpiredAsync(harness, secret: secret);
        var refresh = (await harness.CredentialAsync(id)).Tokens!.RefreshToken!.Reveal();
        await Provider.FailAsync(new() { Path = "/token", Status = 400, Type = "application/json", Body = $$"""{"error":"odd","error_description":"no {{refresh}} for {{secret}}"}""" });

        var reply = await harness.SendAsync(id, "api/read");

        reply.Failure!.ProviderWords.ShouldBe("no *** for ***");
    }

    private async Task<ConnectionId> UsedAndExpiredAsync(ConnectionsHarness harness, string scheme = "basic", string? secret = null)
    {
        var id = await harness.ConsentAsync(Provider, scheme, secret: secret);
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
        _clock.Advance(TimeSpan.FromHours(2));
        return id;
    }
}
