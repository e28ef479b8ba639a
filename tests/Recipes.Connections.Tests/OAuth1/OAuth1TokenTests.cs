using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class OAuth1TokenTests(OAuth1Fixture oauth1) : IClassFixture<OAuth1Fixture>, IAsyncLifetime
{
    private OAuth1Provider Provider => oauth1.Provider;

    public Task InitializeAsync() => Provider.HealAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [OAuth1Fact]
    public async Task XAuth_gets_its_token_itself_and_again_when_it_is_gone()
    {
        await using var world = await OAuth1World.StartAsync(Provider, OAuth1Flow.XAuth);
        var id = await XAuthAsync(world);

        var first = await world.Harness.SendAsync(id, "api/read");
        await Provider.RevokeAsync(await world.TokenAsync(id));
        var second = await world.Harness.SendAsync(id, "api/read");

        first.Failure.ShouldBeNull();
        (await first.Response!.Content.ReadAsStringAsync()).ShouldContain("\"user\": \"rep-");
        second.Failure.ShouldBeNull();
        (await world.Harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
    }

    [OAuth1Fact]
    public async Task A_changed_password_breaks_xAuth_until_it_is_put_right()
    {
        await using var world = await OAuth1World.StartAsync(Provider, OAuth1Flow.XAuth);
        var (user, password) = ($"rep-{Guid.NewGuid():N}", world.Harness.NewSecret("password"));
        await Provider.SetPasswordAsync(user, world.Harness.NewSecret("another password"));
        var id = await world.ConnectAsync(new() { ["username"] = user, ["password"] = password });

        var reply = await world.Harness.SendAsync(id, "api/read");
        var broken = await world.Harness.StandingAsync(id);
        await Provider.SetPasswordAsync(user, password);
        var probe = await world.Harness.ProbeAsync(id);

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        broken.State.ShouldBe(ConnectionState.ReauthorizationRequired);
        probe.ShouldBeOfType<ProbeResult.Passed>();
        (await world.Harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [OAuth1Fact]
    public async Task A_rotated_consumer_secret_does_not_kill_xAuth()
    {
        await using var world = await OAuth1World.StartAsync(Provider, OAuth1Flow.XAuth);
        var id = await XAuthAsync(world);
        (await world.Harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
        await world.RotateSecretAsync();

        var reply = await world.Harness.SendAsync(id, "api/read");

        reply.Failure!.Kind.ShouldBe(FailureKind.ClientRejected);
        (await world.Harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Connected);
        (await world.ClientFailureAsync(id)).ShouldBe(FailureKind.ClientRejected);
    }

    [OAuth1Fact]
    public async Task Two_legged_requests_are_signed_by_the_consumer_alone()
    {
        await using var world = await OAuth1World.StartAsync(Provider, OAuth1Flow.TwoLegged);
        var id = await world.ConnectAsync([]);

        var fine = await world.Harness.SendAsync(id, "signed/me");
        await world.RotateSecretAsync();
        var refused = await world.Harness.SendAsync(id, "signed/me");

        fine.Failure.ShouldBeNull();
        refused.Failure!.Kind.ShouldBe(FailureKind.ClientRejected);
        (await world.Harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Connected);
        (await world.ClientFailureAsync(id)).ShouldBe(FailureKind.ClientRejected);
    }

    [OAuth1Fact]
    public async Task A_token_that_was_filled_in_is_used_as_it_is()
    {
        await using var world = await OAuth1World.StartAsync(Provider, OAuth1Flow.Token);
        var (token, secret) = await IssueAsync(world);
        var id = await world.ConnectAsync(new() { ["token"] = token, ["tokenSecret"] = secret });

        var reply = await world.Harness.SendAsync(id, "api/read");
        await world.RotateSecretAsync();
        var rotated = await world.Harness.SendAsync(id, "api/read");

        reply.Failure.ShouldBeNull();
        // It has worked with this token secret.
        rotated.Failure!.Kind.ShouldBe(FailureKind.ClientRejected);
        (await world.Harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [OAuth1Fact]
    public async Task A_token_secret_with_a_slip_in_it_is_the_account_s_to_put_right()
    {
        await using var world = await OAuth1World.StartAsync(Provider, OAuth1Flow.Token);
        var (token, _) = await IssueAsync(world);
        var id = await world.ConnectAsync(new() { ["token"] = token, ["tokenSecret"] = world.Harness.NewSecret("slip") });

        var probe = await world.Harness.ProbeAsync(id);

        probe.ShouldBeOfType<ProbeResult.Failed>().Failure.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        (await world.ClientFailureAsync(id)).ShouldBeNull();
    }

    [OAuth1Fact]
    public async Task A_consumer_of_the_account_s_own_is_the_account_s_to_put_right()
    {
        await using var world = await OAuth1World.StartAsync(Provider, OAuth1Flow.TwoLegged, s => s with
        {
            ConsumerKeyField = "consumerKey",
            ConsumerSecretField = "consumerSecret",
            Fields = [new() { Name = "consumerKey", Label = "Consumer key" }, new() { Name = "consumerSecret", Label = "Consumer secret", Kind = FieldKind.Secret }],
        });
        var own = world.Harness.NewSecret("own consumer secret");
        await Provider.SetClientAsync(world.Consumer, own);
        await world.Harness.DefineAsync("own", "oauth1", "twolegged");
        var id = await world.Harness.ConnectAsync("own", new() { ["consumerKey"] = world.Consumer, ["consumerSecret"] = own });

        var fine = await world.Harness.SendAsync(id, "signed/me");
        await world.RotateSecretAsync();
        var refused = await world.Harness.SendAsync(id, "signed/me");

        fine.Failure.ShouldBeNull();
        refused.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        (await world.Harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Suspect);
    }

    [OAuth1Fact]
    public async Task A_consumer_of_the_account_s_own_can_be_consented_to()
    {
        await using var world = await OAuth1World.StartAsync(Provider, change: s => s with
        {
            ConsumerKeyField = "consumerKey",
            ConsumerSecretField = "consumerSecret",
            Fields = [new() { Name = "consumerKey", Label = "Consumer key" }, new() { Name = "consumerSecret", Label = "Consumer secret", Kind = FieldKind.Secret }],
        });
        var own = world.Harness.NewSecret("own consumer secret");
        await Provider.SetClientAsync(world.Consumer, own);
        await world.Harness.DefineAsync("own", "oauth1", "threelegged");
        var id = await world.Harness.ConnectAsync("own", new() { ["consumerKey"] = world.Consumer, ["consumerSecret"] = own });

        var outcome = await world.Harness.AuthorizeAsync(id);
        var fine = await world.Harness.SendAsync(id, "api/read");

        outcome.ShouldBeOfType<FlowOutcome.Connected>();
        fine.Failure.ShouldBeNull();
    }

    [OAuth1Fact]
    public async Task Another_user_name_takes_another_token()
    {
        await using var world = await OAuth1World.StartAsync(Provider, OAuth1Flow.XAuth);
        var (one, other, password) = ($"rep-{Guid.NewGuid():N}", $"rep-{Guid.NewGuid():N}", world.Harness.NewSecret("password"));
        await Provider.SetPasswordAsync(one, password);
        await Provider.SetPasswordAsync(other, password);
        var id = await world.ConnectAsync(new() { ["username"] = one, ["password"] = password });
        (await world.Harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();

        await world.Harness.Setup.ChangeFieldsAsync(ConnectionsHarness.Operator, id, new(new Dictionary<string, Secret> { ["username"] = new(other) }), CancellationToken.None);
        using var reply = await world.Harness.SendAsync(id, "api/read");

        (await reply.Response!.Content.ReadAsStringAsync()).ShouldContain(other);
    }

    [OAuth1Fact]
    public async Task A_client_secret_that_is_no_key_is_refused_when_it_is_set_up()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, change: s => s with { SignatureMethod = OAuth1SignatureMethod.RsaSha1 });

        var result = await harness.Get<DefinitionSetup>().CreateAsync(ConnectionsHarness.Operator, new()
        {
            Key = "photos",
            Connector = "oauth1",
            Scheme = "twolegged",
            ClientId = "key",
            ClientSecret = new Secret(harness.NewSecret("no key")),
        }, CancellationToken.None);

        result.ShouldBeOfType<SetupResult<ConnectionDefinition>.Invalid>().Faults.ShouldContain(f => f.Path == "clientSecret" && f.Message.Contains("PEM"));
    }

    private async Task<ConnectionId> XAuthAsync(OAuth1World world)
    {
        var (user, password) = ($"rep-{Guid.NewGuid():N}", $"{world.Harness.NewSecret("password")} &é");
        await Provider.SetPasswordAsync(user, password);
        return await world.ConnectAsync(new() { ["username"] = user, ["password"] = password });
    }

    // As an app's settings page would show them.
    private static async Task<(string Token, string Secret)> IssueAsync(OAuth1World world)
    {
        var consumer = world.Consumer;
        var definition = (await world.Harness.Store.ListDefinitionsAsync(TenantId.Default, CancellationToken.None)).Single(d => d.OAuthApp?.ClientId == consumer);
        var secret = world.Harness.Vault.OpenClientSecret(definition.Tenant, definition.Id, definition.OAuthApp!.SealedClientSecret!).Reveal();
        await world.Harness.DefineAsync("consent", "oauth1", "threelegged", clientId: consumer, clientSecret: secret);
        var id = await world.Harness.ConnectAsync("consent", []);
        (await world.Harness.AuthorizeAsync(id)).ShouldBeOfType<FlowOutcome.Connected>();
        var tokens = (await world.Harness.CredentialAsync(id)).Tokens!;
        return (tokens.AccessToken.Reveal(), tokens.Values[TokenSet.TokenSecret].Reveal());
    }
}
