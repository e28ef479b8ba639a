using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Everything that goes wrong at real servers: what a round makes of it, and that it heals when it is undone.</summary>
public sealed class CounterpartyTests(OidcFixture oidc, OAuth1Fixture oauth1, NginxFixture nginx, RadicaleFixture radicale)
    : IClassFixture<OidcFixture>, IClassFixture<OAuth1Fixture>, IClassFixture<NginxFixture>, IClassFixture<RadicaleFixture>, IAsyncLifetime
{
    private const string PasswordLost = """
        before  Yellow Connected
        broken  Red Suspect ModifiedCredentials, then Red ReauthorizationRequired ModifiedCredentials
        log     Probed! Suspected! Probed! Lost!; alerts: Lost
        advice  Verify the credentials
        healed  Yellow Connected
        log     Probed Healed; alerts: Recovered
        """;

    // Its owner gave another credential, which healed it at once; the round confirms that.
    private const string CredentialReplaced = """
        before  Yellow Connected
        broken  Red Suspect ModifiedCredentials, then Red ReauthorizationRequired ModifiedCredentials
        log     Probed! Suspected! Probed! Lost!; alerts: Lost
        advice  Verify the credentials
        healed  Yellow Connected
        log     Probed; alerts: Recovered
        """;

    private const string PermissionLost = """
        before  Yellow Connected
        broken  Red Connected InsufficientPermissions
        log     Probed! Lost!; alerts: Lost
        advice  Verify the user's permissions in the app
        healed  Yellow Connected
        log     Probed Healed; alerts: Recovered
        """;

    private const string Limited = """
        before  Yellow Connected
        broken  Yellow Connected RateLimited
        log     Probed!; alerts: none
        advice  Nothing to do
        healed  Yellow Connected
        log     Probed; alerts: none
        """;

    private const string Outage = """
        before  Yellow Connected
        broken  Yellow Connected Unavailable
        log     Probed!; alerts: none
        advice  Nothing to do
        healed  Yellow Connected
        log     Probed; alerts: none
        """;

    private const string WrongPlace = """
        before  Yellow Connected
        broken  Red Connected Misconfigured
        log     Probed! Lost!; alerts: Lost
        advice  Check the address and the fields of the connection and its definition
        healed  Yellow Connected
        log     Probed Healed; alerts: Recovered
        """;

    // Another address takes the password again, so it counts as another credential.
    private const string WrongAddress = """
        before  Yellow Connected
        broken  Red Connected Misconfigured
        log     Probed! Lost!; alerts: Lost
        advice  Check the address and the fields of the connection and its definition
        healed  Yellow Connected
        log     Probed; alerts: Recovered
        """;

    private const string GrantLost = """
        before  Yellow Connected
        broken  Red ReauthorizationRequired ModifiedCredentials
        log     Refreshed! Lost!; alerts: Lost
        advice  Verify the credentials
        healed  Yellow Connected
        log     Refreshed Probed; alerts: Recovered
        """;

    private const string ScopeLost = """
        before  Yellow Connected
        broken  Red Connected InsufficientPermissions
        log     Refreshed Probed! Lost!; alerts: Lost
        advice  Verify the user's permissions in the app
        healed  Yellow Connected
        log     Refreshed Probed; alerts: Recovered
        """;

    private const string ClientRefused = """
        before  Yellow Connected
        broken  Yellow Connected, client ClientRejected
        log     nothing; alerts: Lost of the client
        advice  Nothing to do for the account's owner
        healed  Yellow Connected
        log     Refreshed Probed; alerts: Recovered of the client
        """;

    // The provider calls it an invalid request, which may be anything.
    private const string Unclear = """
        before  Yellow Connected
        broken  Yellow Connected Unknown
        log     Refreshed!; alerts: none
        advice  Read the provider's answer; if it means something definite, an error rule in the connector can say so
        healed  Yellow Connected
        log     Refreshed Probed; alerts: none
        """;

    private const string TokensLimited = """
        before  Yellow Connected
        broken  Yellow Connected RateLimited
        log     Refreshed!; alerts: none
        advice  Nothing to do
        healed  Yellow Connected
        log     Refreshed Probed; alerts: none
        """;

    private const string NoTokens = """
        before  Yellow Connected
        broken  Yellow Connected Unavailable
        log     Refreshed!; alerts: none
        advice  Nothing to do
        healed  Yellow Connected
        log     Refreshed Probed; alerts: none
        """;

    private const string TokenLost = """
        before  Yellow Connected
        broken  Red Suspect ModifiedCredentials, then Red ReauthorizationRequired ModifiedCredentials
        log     Probed! Suspected! Probed! Lost!; alerts: Lost
        advice  Verify the credentials
        healed  Yellow Connected
        log     Probed; alerts: Recovered
        """;

    private const string ConsumerRefused = """
        before  Yellow Connected
        broken  Yellow Connected ClientRejected, client ClientRejected
        log     Probed!; alerts: Lost of the client
        advice  Nothing to do for the account's owner
        healed  Yellow Connected
        log     Probed; alerts: Recovered of the client
        """;

    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());
    private readonly string _user = $"user-{Guid.NewGuid():N}";
    private readonly string _password = Canaries.NewSecret("password");

    public async Task InitializeAsync()
    {
        await oidc.Provider.HealAsync();
        await oauth1.Provider.HealAsync();
        await nginx.Server.FailAsync(NginxFault.None);
        await radicale.Server.SetRightsAsync(RadicaleServer.FirstRights);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [RadicaleTheory]
    [InlineData("password changed", PasswordLost)]
    [InlineData("user removed", PasswordLost)]
    [InlineData("rights withdrawn", PermissionLost)]
    public Task At_Radicale(string what, string expected) => CompareAsync(expected, async () =>
    {
        var server = radicale.Server;
        await server.SetPasswordAsync(_user, _password);
        var harness = await ConnectionsHarness.StartAsync(
            new Profiles(Profiles.Docs(server.BaseAddress) with { Probe = new(new HttpMethod("PROPFIND"), FieldTemplate.Parse("{{fields.username}}/")) }), [server.BaseAddress.Authority], _clock);
        return new Trial(harness, _clock, await ConnectAsync(harness))
        {
            Break = _ => what switch
            {
                "password changed" => server.SetPasswordAsync(_user, "another-password"),
                "user removed" => server.RemoveUserAsync(_user),
                _ => server.SetRightsAsync("[root]\nuser: .+\ncollection:\npermissions: R\n"),
            },
            Undo = async _ =>
            {
                await server.SetRightsAsync(RadicaleServer.FirstRights);
                await server.SetPasswordAsync(_user, _password);
            },
        };
    });

    [NginxTheory]
    [InlineData("password changed", PasswordLost)]
    [InlineData("user removed", PasswordLost)]
    [InlineData("permission withdrawn", PermissionLost)]
    [InlineData("429", Limited)]
    [InlineData("503 with Retry-After in seconds", Limited)]
    [InlineData("503 with Retry-After as a date", Limited)]
    [InlineData("500", Outage)]
    [InlineData("502", Outage)]
    [InlineData("504", Outage)]
    [InlineData("closed", Outage)]
    [InlineData("time-out", Outage)]
    [InlineData("refused", Outage)]
    [InlineData("unknown host", WrongAddress)]
    [InlineData("expired certificate", WrongAddress)]
    [InlineData("certificate of another name", WrongAddress)]
    [InlineData("not found", WrongPlace)]
    [InlineData("redirected to a sign-in page", WrongPlace)]
    [InlineData("key removed", PasswordLost)]
    public Task At_nginx(string what, string expected) => CompareAsync(expected, async () =>
    {
        var server = nginx.Server;
        var tls = what.Contains("certificate", StringComparison.Ordinal) ? await NginxTlsServer.StartAsync() : null;
        var refusing = FreePort.Next();
        var harness = await ConnectionsHarness.StartAsync(
            new Profiles(Profiles.Docs(server.BaseAddress), Profiles.Keys(server.BaseAddress)),
            [server.BaseAddress.Authority, $"127.0.0.1:{refusing}", "nobody.invalid", .. tls is null ? Array.Empty<string>() : [tls.Expired.Authority, tls.WrongName.Authority]], _clock,
            more: tls is null ? [] : [("Egress:Authorities:0", tls.AuthorityFile)]);
        await server.SetPasswordAsync(_user, _password);
        await server.AddKeyAsync(_user);
        Task Fail(NginxFault fault) => server.FailAsync(fault);
        Task Move(Trial trial, string address, string probe = "basic/me") => trial.Harness.Setup.ChangeFieldsAsync(ConnectionsHarness.Operator, trial.Id, new(new Dictionary<string, Secret>
        {
            ["baseUrl"] = new(address),
            ["probe"] = new(probe),
            ["password"] = new(_password),
        }), CancellationToken.None);
        return new Trial(harness, _clock, what == "key removed" ? await ConnectWithKeyAsync(harness) : await ConnectAsync(harness))
        {
            Server = tls,
            Hangs = what == "time-out",
            Break = trial => what switch
            {
                "password changed" => server.SetPasswordAsync(_user, "another-password"),
                "user removed" => server.RemoveUserAsync(_user),
                "key removed" => server.RemoveKeyAsync(_user),
                "permission withdrawn" => Fail(NginxFault.Forbidden),
                "429" => Fail(NginxFault.RateLimited),
                "503 with Retry-After in seconds" => Fail(NginxFault.Maintenance),
                "503 with Retry-After as a date" => Move(trial, server.BaseAddress.AbsoluteUri, "maintenance-until/me"),
                "500" => Fail(NginxFault.Error),
                "502" => Fail(NginxFault.BadGateway),
                "504" => Fail(NginxFault.GatewayTimeout),
                "closed" => Fail(NginxFault.Drop),
                "time-out" => Fail(NginxFault.Hang),
                "refused" => Move(trial, $"http://127.0.0.1:{refusing}/"),
                "unknown host" => Move(trial, "https://nobody.invalid/"),
                "expired certificate" => Move(trial, tls!.Expired.AbsoluteUri),
                "certificate of another name" => Move(trial, tls!.WrongName.AbsoluteUri),
                "not found" => Move(trial, server.BaseAddress.AbsoluteUri, "missing/me"),
                _ => Move(trial, server.BaseAddress.AbsoluteUri, "redirect/sign-in"),
            },
            Undo = async trial =>
            {
                await Fail(NginxFault.None);
                await server.SetPasswordAsync(_user, _password);
                await server.AddKeyAsync(_user);
                if ((await trial.Harness.ReadAsync(trial.Id)).Record.Fields.ContainsKey("probe") && what != "key removed")
                    await Move(trial, server.BaseAddress.AbsoluteUri);
            },
        };
    });

    [NodeTheory]
    [InlineData("grant revoked", GrantLost)]
    [InlineData("account removed", GrantLost)]
    [InlineData("consent narrowed", ScopeLost)]
    [InlineData("client secret rotated", ClientRefused)]
    [InlineData("client secret expired", ClientRefused)]
    [InlineData("client may not refresh", Unclear)]
    [InlineData("token endpoint 429 with seconds", TokensLimited)]
    [InlineData("token endpoint 429 with a date", TokensLimited)]
    [InlineData("token endpoint 503", NoTokens)]
    [InlineData("token endpoint closes", NoTokens)]
    [InlineData("down", NoTokens)]
    public Task At_an_OAuth2_provider(string what, string expected) => CompareAsync(expected, async () =>
    {
        var provider = oidc.Provider;
        var harness = await ConnectionsHarness.StartAsync(provider, _clock);
        var secret = harness.NewSecret("client secret");
        var id = await harness.ConsentAsync(provider, login: _user, secret: secret);
        var definition = await harness.DefinitionOfAsync(id);
        var (client, callback) = (definition.OAuthApp!.ClientId, ConnectionsHarness.Callback(definition.CallbackSlug).AbsoluteUri);
        async Task<string> RefreshTokenAsync() => (await harness.CredentialAsync(id)).Tokens!.RefreshToken!.Reveal();
        return new Trial(harness, _clock, id)
        {
            Break = async _ => await (what switch
            {
                "grant revoked" => provider.RevokeGrantAsync(await RefreshTokenAsync()),
                "account removed" => provider.SetAccountsGoneAsync(_user),
                "consent narrowed" => provider.RejectScopeAsync(await RefreshTokenAsync(), "api:read"),
                "client secret rotated" => provider.SetClientSecretAsync(client, harness.NewSecret("rotated secret")),
                "client secret expired" => provider.ExpireClientSecretAsync(client),
                "client may not refresh" => provider.SetGrantTypesAsync(client, "authorization_code"),
                "token endpoint 429 with seconds" => provider.FailAsync(new() { Path = "/token", Status = 429, RetryAfter = "120" }),
                "token endpoint 429 with a date" => provider.FailAsync(new() { Path = "/token", Status = 429, RetryAfter = "Wed, 21 Oct 2037 07:28:00 GMT" }),
                "token endpoint 503" => provider.FailAsync(new() { Path = "/token", Status = 503 }),
                "token endpoint closes" => provider.FailAsync(new() { Path = "/token", Drop = true }),
                _ => provider.DownAsync(),
            }),
            Undo = async trial =>
            {
                if (what == "down")
                    await provider.UpAsync();
                await provider.HealAsync();
                await provider.SetAccountsGoneAsync();
                await provider.AddClientAsync(client, secret, "client_secret_basic", callback);
                // Nobody but the person can put a lost consent right.
                if (what is "grant revoked" or "account removed" or "consent narrowed")
                    (await trial.Harness.AuthorizeAsync(id, _user)).ShouldBeOfType<FlowOutcome.Connected>();
                // The app asked to be left alone until then, and no pause is longer than a month.
                if (what.EndsWith("date", StringComparison.Ordinal))
                    _clock.Advance(TimeSpan.FromDays(31));
            },
        };
    });

    [OAuth1Theory]
    [InlineData("token revoked", TokenLost)]
    [InlineData("token expired", TokenLost)]
    [InlineData("consumer removed", ConsumerRefused)]
    [InlineData("consumer secret rotated", ConsumerRefused)]
    [InlineData("503", Outage)]
    [InlineData("closed", Outage)]
    public Task At_an_OAuth1_provider(string what, string expected) => CompareAsync(expected, async () =>
    {
        var provider = oauth1.Provider;
        var world = await OAuth1World.StartAsync(provider);
        var (harness, id) = (world.Harness, await world.ConsentAsync());
        var secret = harness.Get<CredentialVault>().OpenClientSecret(await harness.DefinitionOfAsync(id))!.Reveal();
        // A signature is dated, and this provider minds a wrong date.
        return new Trial(harness, clock: null, id)
        {
            Break = async _ => await (what switch
            {
                "token revoked" => provider.RevokeAsync(await world.TokenAsync(id)),
                "token expired" => provider.ExpireAsync(await world.TokenAsync(id)),
                "consumer removed" => provider.DropClientAsync(world.Consumer),
                "consumer secret rotated" => world.RotateSecretAsync(),
                "503" => provider.FailAsync(503),
                _ => provider.DropAsync(),
            }),
            Undo = async trial =>
            {
                await provider.HealAsync();
                await provider.SetClientAsync(world.Consumer, secret);
                if (what.StartsWith("token", StringComparison.Ordinal))
                    (await trial.Harness.AuthorizeAsync(id)).ShouldBeOfType<FlowOutcome.Connected>();
            },
        };
    });

    [CrmTheory]
    [InlineData("password changed", PasswordLost)]
    [InlineData("key revoked", CredentialReplaced)]
    [InlineData("down", Outage)]
    public Task At_the_sandbox_CRM(string what, string expected) => CompareAsync(expected, async () =>
    {
        var crm = await SandboxCrm.StartAsync("http://127.0.0.1:9/");
        var address = crm.BaseAddress;
        var harness = await ConnectionsHarness.StartAsync(
            new Profiles(Profiles.Docs(address) with { Probe = new(HttpMethod.Get, FieldTemplate.Parse("api/me"), "name") }, Profiles.Keys(address) with { Probe = new(HttpMethod.Get, FieldTemplate.Parse("api/me"), "name") }),
            [address.Authority], _clock);
        var (key, definition) = (await crm.CreateApiKeyAsync("rep-one"), what == "key revoked" ? "keys" : "docs");
        await harness.DefineAsync("crm", definition, definition == "keys" ? "header" : "basic");
        var id = await harness.ConnectAsync("crm", definition == "keys" ? new() { ["apiKey"] = key.Key } : new() { ["username"] = "rep-one", ["password"] = crm.PasswordOf("rep-one") });
        var first = crm.PasswordOf("rep-one");
        return new Trial(harness, _clock, id)
        {
            Server = crm,
            Break = _ => what switch
            {
                "password changed" => crm.ChangePasswordAsync("rep-one", Canaries.NewSecret("changed password")),
                "key revoked" => crm.RevokeApiKeyAsync("rep-one", key.Id),
                _ => crm.DownAsync().AsTask(),
            },
            Undo = async trial =>
            {
                if (what == "password changed")
                    await crm.ChangePasswordAsync("rep-one", first);
                else if (what == "key revoked")
                    await trial.Harness.Setup.ReplaceCredentialAsync(ConnectionsHarness.Operator, id, new Dictionary<string, Secret> { ["apiKey"] = new((await crm.CreateApiKeyAsync("rep-one")).Key) }, CancellationToken.None);
                else
                    await crm.UpAsync();
            },
        };
    });

    [NodeFact]
    public async Task A_provider_that_is_down_for_a_day_turns_nothing_red_and_is_hardly_asked()
    {
        var provider = oidc.Provider;
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(Profiles.Oidc(provider)), [provider.Issuer.Authority], _clock, more: ("Revalidation:Every", "04:00:00"));
        var id = await harness.ConsentAsync(provider, login: _user);
        await harness.SweepAsync();
        (await harness.SendAsync(id, "api/read")).Dispose();
        await provider.DownAsync();

        var colours = new HashSet<Health>();
        for (var quarter = 0; quarter < 4 * 26; quarter++)
        {
            _clock.Advance(TimeSpan.FromMinutes(15));
            await harness.SweepAsync();
            colours.Add((await harness.ReadAsync(id)).Health);
        }

        var during = await harness.StandingAsync(id);
        var log = await harness.Get<IConnectionLog>().ListAsync(id, null, 200, CancellationToken.None);
        await provider.UpAsync();
        _clock.Advance(TimeSpan.FromMinutes(67));
        await harness.SweepAsync();

        colours.ShouldBe([Health.Green]);
        during.ShouldBe((ConnectionState.Connected, Health.Green, FailureKind.Unavailable));
        log.Count(e => e.Failure is not null).ShouldBeInRange(1, 30);
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.Connected, Health.Green, null));
        harness.Store.Alerts.ShouldBeEmpty();
    }

    [NodeFact]
    public async Task A_dead_grant_is_never_tried_again()
    {
        var provider = oidc.Provider;
        await using var harness = await ConnectionsHarness.StartAsync(provider, _clock);
        var id = await harness.ConsentAsync(provider, login: _user);
        await provider.RevokeGrantAsync((await harness.CredentialAsync(id)).Tokens!.RefreshToken!.Reveal());
        await harness.SweepAsync();
        var state = (await harness.ReadAsync(id)).State;
        await provider.ResetCountersAsync();

        for (var day = 0; day < 5; day++)
        {
            _clock.Advance(TimeSpan.FromHours(27));
            await harness.SweepAsync();
        }

        state.ShouldBe(ConnectionState.ReauthorizationRequired);
        var counters = await provider.CountersAsync();
        (counters.Refreshes, counters.Requests("/api/read")).ShouldBe((0, 0));
    }

    private async Task<ConnectionId> ConnectAsync(ConnectionsHarness harness)
    {
        await harness.DefineAsync("docs", "docs", "basic");
        return await harness.ConnectAsync("docs", new() { ["username"] = _user, ["password"] = harness.Watch("password", _password) });
    }

    private async Task<ConnectionId> ConnectWithKeyAsync(ConnectionsHarness harness)
    {
        await harness.DefineAsync("keys", "keys", "header");
        return await harness.ConnectAsync("keys", new() { ["apiKey"] = _user });
    }

    private static async Task CompareAsync(string expected, Func<Task<Trial>> start)
    {
        await using var trial = await start();

        var seen = await trial.RunAsync();

        seen.ShouldBe(expected);
    }
}
