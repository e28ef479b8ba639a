using System.Net;
using System.Text;
using System.Text.Json;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class OAuth1RequestTests(OAuth1Fixture oauth1) : IClassFixture<OAuth1Fixture>, IAsyncLifetime
{
    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    private OAuth1Provider Provider => oauth1.Provider;

    public Task InitializeAsync() => Provider.HealAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [OAuth1Theory]
    [InlineData(true, "token_rejected")]
    [InlineData(false, "token_expired")]
    public async Task A_token_that_is_gone_is_confirmed_by_a_probe_and_has_to_be_authorised_again(bool revoked, string code)
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var id = await world.UsedAsync();
        await (revoked ? Provider.RevokeAsync(await world.TokenAsync(id)) : Provider.ExpireAsync(await world.TokenAsync(id)));

        var reply = await world.Harness.SendAsync(id, "api/read");
        var suspect = await world.Harness.StandingAsync(id);
        await world.Harness.ProbeAsync(id);
        var dead = await world.Harness.StandingAsync(id);
        (await world.Harness.AuthorizeAsync(id)).ShouldBeOfType<FlowOutcome.Connected>();
        var again = await world.Harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        reply.Failure.ProviderCode.ShouldBe(code);
        suspect.State.ShouldBe(ConnectionState.Suspect);
        dead.ShouldBe((ConnectionState.ReauthorizationRequired, Health.Red, FailureKind.ModifiedCredentials));
        again.Failure.ShouldBeNull();
    }

    [OAuth1Theory]
    [InlineData(true, "signature_invalid")]
    [InlineData(false, "consumer_key_unknown")]
    public async Task A_refused_consumer_is_shown_on_the_definition_and_kills_no_grant(bool rotated, string code)
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var id = await world.UsedAsync();
        var secret = await world.SecretAsync(id);
        await (rotated ? world.RotateSecretAsync() : Provider.DropClientAsync(world.Consumer));

        var reply = await world.Harness.SendAsync(id, "api/read");
        var again = await world.Harness.SendAsync(id, "api/read");
        var standing = await world.Harness.StandingAsync(id);
        var marked = await world.ClientFailureAsync(id);
        await Provider.SetClientAsync(world.Consumer, secret);
        var healed = await world.Harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.ClientRejected);
        reply.Failure.ProviderCode.ShouldBe(code);
        again.Failure!.Kind.ShouldBe(FailureKind.ClientRejected);
        standing.ShouldBe((ConnectionState.Connected, Health.Green, FailureKind.ClientRejected));
        marked.ShouldBe(FailureKind.ClientRejected);
        healed.Failure.ShouldBeNull();
        (await world.ClientFailureAsync(id)).ShouldBeNull();
    }

    [OAuth1Fact]
    public async Task A_rotated_consumer_secret_is_looked_into_once()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var id = await world.UsedAsync();
        await world.RotateSecretAsync();
        await world.Harness.SendAsync(id, "api/read");
        var before = (await Provider.CountersAsync())["/oauth/request_token"];

        for (var i = 0; i < 3; i++)
            (await world.Harness.SendAsync(id, "api/read")).Failure!.Kind.ShouldBe(FailureKind.ClientRejected);

        (await Provider.CountersAsync())["/oauth/request_token"].ShouldBe(before);
    }

    [OAuth1Fact]
    public async Task A_refused_signature_of_a_consumer_that_is_fine_is_the_token_s()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var id = await world.UsedAsync();
        var wrong = new Dictionary<string, Secret> { [TokenSet.TokenSecret] = new(world.Harness.NewSecret("wrong token secret")) };
        await world.Harness.SetTokensAsync(id, t => t with { Values = wrong });

        var reply = await world.Harness.SendAsync(id, "api/read");

        reply.Failure!.ProviderCode.ShouldBe("signature_invalid");
        (await world.Harness.StandingAsync(id)).ShouldBe((ConnectionState.Suspect, Health.Red, FailureKind.ModifiedCredentials));
        (await world.ClientFailureAsync(id)).ShouldBeNull();
    }

    [OAuth1Fact]
    public async Task A_refused_signature_tells_nothing_while_the_provider_cannot_be_asked()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var id = await world.UsedAsync();
        await world.RotateSecretAsync();
        await Provider.DropAsync("/oauth/request_token");

        var reply = await world.Harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.Unknown);
        (await world.Harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, FailureKind.Unknown));
        (await world.ClientFailureAsync(id)).ShouldBeNull();
    }

    [OAuth1Fact]
    public async Task A_missing_realm_limits_the_action_and_nothing_else()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var id = await world.UsedAsync();

        var reply = await world.Harness.SendAsync(id, "api/admin", action: "Administrate");

        reply.Failure!.Kind.ShouldBe(FailureKind.InsufficientPermissions);
        reply.Failure.ProviderCode.ShouldBe("permission_denied");
        (await world.Harness.ReadAsync(id)).Record.Limitations.Single().Action.ShouldBe("Administrate");
        (await world.Harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
    }

    [OAuth1Fact]
    public async Task A_realm_goes_along_with_every_request()
    {
        await using var world = await OAuth1World.StartAsync(Provider, change: s => s with { Realm = FieldTemplate.Parse("read admin") });
        var id = await world.UsedAsync();

        var reply = await world.Harness.SendAsync(id, "api/admin");

        reply.Failure.ShouldBeNull();
    }

    [OAuth1Theory]
    [InlineData(429, "30", FailureKind.RateLimited)]
    [InlineData(500, null, FailureKind.Unavailable)]
    [InlineData(503, null, FailureKind.Unavailable)]
    public async Task An_app_in_trouble_changes_neither_state_nor_colour(int status, string? retryAfter, FailureKind kind)
    {
        await using var world = await OAuth1World.StartAsync(Provider, clock: _clock);
        var id = await world.UsedAsync();
        // An outage may carry any words.
        await Provider.FailAsync(status, retryAfter: retryAfter, body: "oauth_problem=token_rejected");

        var reply = await world.Harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(kind);
        reply.Failure.RetryAt.ShouldBe(retryAfter is null ? null : _clock.GetUtcNow().AddSeconds(30));
        (await world.Harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, kind));
    }

    [OAuth1Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_app_that_drops_or_holds_a_request_is_an_outage(bool drop)
    {
        await using var world = await OAuth1World.StartAsync(Provider, timeout: TimeSpan.FromSeconds(1));
        var id = await world.UsedAsync();
        await (drop ? Provider.DropAsync("/api/read") : Provider.HoldAsync("/api/read"));

        var reply = await world.Harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        (await world.Harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, FailureKind.Unavailable));
    }

    [OAuth1Fact]
    public async Task A_wrong_clock_is_told_as_such()
    {
        await using var world = await OAuth1World.StartAsync(Provider, clock: _clock);
        var id = await world.UsedAsync();
        _clock.Advance(TimeSpan.FromHours(1));

        var reply = await world.Harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.Misconfigured);
        reply.Failure.Message.ShouldContain("seconds ahead of the app's: set it");
        (await world.Harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Red, FailureKind.Misconfigured));
    }

    [OAuth1Fact]
    public async Task A_nonce_that_is_said_to_be_used_says_nothing_of_the_credential()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var id = await world.UsedAsync();
        await Provider.RefuseNoncesAsync(true);

        var reply = await world.Harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.Unknown);
        reply.Failure.Message.ShouldContain("proxy");
        (await world.Harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, FailureKind.Unknown));
    }

    [OAuth1Fact]
    public async Task The_server_takes_a_signed_request_once_and_no_other_signature()
    {
        await using var world = await OAuth1World.StartAsync(Provider, OAuth1Flow.TwoLegged);
        var id = await world.ConnectAsync([]);
        var live = await world.Harness.Get<LiveConnections>().GetLiveAsync(id, default);
        var signer = (await live.CurrentAsync(default)).Authenticator!;

        var header = await SignAsync(signer);
        var first = await SendAsync(header);
        var replayed = await SendAsync(header);
        var forged = new List<string>();
        foreach (var signature in Vectors.All.NotSignatures)
        {
            var fresh = await SignAsync(signer);
            forged.Add(await SendAsync($"{fresh[..fresh.IndexOf("oauth_signature=", StringComparison.Ordinal)]}oauth_signature=\"{Uri.EscapeDataString(signature)}\""));
        }

        first.ShouldContain(world.Consumer);
        replayed.ShouldBe("oauth_problem=nonce_used");
        forged.ShouldAllBe(answer => answer == "oauth_problem=signature_invalid" || answer == "oauth_problem=parameter_rejected");
    }

    [OAuth1Fact]
    public async Task A_refusal_without_a_word_makes_a_suspect()
    {
        await using var world = await OAuth1World.StartAsync(Provider);
        var id = await world.UsedAsync();
        await Provider.RevokeAsync(await world.TokenAsync(id));
        await Provider.ReportProblemsAsync(false);

        var reply = await world.Harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        (await world.Harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Suspect);
    }

    [OAuth1Fact]
    public async Task The_server_agrees_on_the_hash_of_a_body()
    {
        await using var world = await OAuth1World.StartAsync(Provider, change: s => s with { BodyHash = true, SignatureMethod = OAuth1SignatureMethod.HmacSha256 });
        var id = await world.ConsentAsync();

        using var reply = await world.Harness.SendAsync(id, "api/read", method: HttpMethod.Put, content: new StringContent("{\"a\":1}", Encoding.UTF8, "application/json"));

        reply.Failure.ShouldBeNull();
        JsonDocument.Parse(await reply.Response!.Content.ReadAsStringAsync()).RootElement.GetProperty("hash").GetString().ShouldNotBeNullOrEmpty();
    }

    [OAuth1Fact]
    public async Task What_the_connector_puts_on_requests_is_signed_as_well()
    {
        await using var world = await OAuth1World.StartAsync(Provider, change: s => s with { Apply = new ApplyRules { Query = [new("key", CredentialTemplate.Parse("{{client.id}}"))] } });
        var id = await world.ConsentAsync();

        using var reply = await world.Harness.SendAsync(id, "api/read?a=1");

        reply.Failure.ShouldBeNull();
        (await reply.Response!.Content.ReadAsStringAsync()).ShouldContain(world.Consumer);
    }

    [OAuth1Fact]
    public async Task A_plain_text_secret_that_an_app_repeats_is_not_shown()
    {
        await using var world = await OAuth1World.StartAsync(Provider, change: s => s with { SignatureMethod = OAuth1SignatureMethod.PlainText });
        var id = await world.UsedAsync();
        var secret = await world.SecretAsync(id);
        await Provider.FailAsync(400, body: $"Bad signature: {secret} {Uri.EscapeDataString(secret)}&");

        var reply = await world.Harness.SendAsync(id, "api/read");

        reply.Failure!.Message.ShouldContain("***");
        reply.Failure.Message.ShouldNotContain(secret);
    }

    private async Task<string> SignAsync(RequestAuthenticator signer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Provider.BaseAddress, "signed/me"));
        await signer.ApplyAsync(request, default);
        return request.Headers.GetValues("Authorization").Single();
    }

    private async Task<string> SendAsync(string header)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Provider.BaseAddress, "signed/me"));
        request.Headers.TryAddWithoutValidation("Authorization", header);
        using var response = await client.SendAsync(request);
        return response.StatusCode == HttpStatusCode.InternalServerError ? "" : await response.Content.ReadAsStringAsync();
    }
}
