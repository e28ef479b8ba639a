using System.Globalization;
using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>Checks of connections whose tokens are renewed: refused clients, tokens that nobody uses, ends of access, introspection.</summary>
public sealed class TokenCheckTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private static readonly TimeSpan s_nextDay = TimeSpan.FromHours(27);

    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    public Task InitializeAsync() => oidc.Provider.HealAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_refused_client_is_told_once_tried_once_in_each_pause_and_heals_by_itself()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var harness = await provider.HarnessAsync(_clock);
        var ids = new List<ConnectionId>();
        for (var i = 0; i < 20; i++)
            ids.Add(await provider.ImportAsync(harness, expiresIn: TimeSpan.FromHours(1)));
        await harness.SweepAsync();
        provider.ClientIsRefused = true;
        _clock.Advance(s_nextDay);

        await harness.SweepAsync();
        var first = provider.TokenRequests;
        for (var minute = 0; minute < 60; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await harness.SweepAsync();
        }

        var inAnHour = provider.TokenRequests - first;
        var blamed = await harness.DefinitionOfAsync(ids[0]);
        var standings = await Task.WhenAll(ids.Select(harness.StandingAsync));
        provider.ClientIsRefused = false;
        for (var minute = 0; minute < 80; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await harness.SweepAsync();
        }

        // Those that were on their way when the first was refused.
        first.ShouldBeInRange(1, 4);
        inAnHour.ShouldBeInRange(6, 14);
        blamed.ClientFailure!.Kind.ShouldBe(FailureKind.ClientRejected);
        standings.ShouldAllBe(s => s.State == ConnectionState.Connected && s.Health == Health.Yellow && s.Failure == null);
        (await harness.DefinitionOfAsync(ids[0])).ClientFailure.ShouldBeNull();
        harness.Store.Alerts.Select(a => (a.Kind, a.Connection)).ShouldBe([(AlertKind.Lost, null), (AlertKind.Recovered, null)]);
        (await Task.WhenAll(ids.Select(harness.ReadAsync))).ShouldAllBe(c => c.Record.ExpiresAt > _clock.GetUtcNow().AddHours(-2));
    }

    [Fact]
    public async Task A_refresh_token_that_nobody_uses_is_kept_alive()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var harness = await provider.HarnessAsync(_clock);
        // The access token never expires, so nothing else would ever refresh it.
        provider.Expires = false;
        var id = await provider.ImportAsync(harness, expiresIn: null);

        var refreshes = new List<int>();
        for (var day = 0; day < 18; day++)
        {
            await harness.SweepAsync();
            refreshes.Add(provider.TokenRequests);
            _clock.Advance(s_nextDay);
        }

        refreshes[5].ShouldBe(0);
        refreshes[8].ShouldBe(1);
        refreshes[17].ShouldBe(2);
        (await harness.StandingAsync(id)).Failure.ShouldBeNull();
    }

    [Fact]
    public async Task A_revoked_grant_whose_refusal_could_not_be_written_down_is_found_soon_and_not_a_day_later()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var harness = await provider.HarnessAsync(_clock);
        var id = await provider.ImportAsync(harness, expiresIn: TimeSpan.FromHours(1));
        _clock.Advance(s_nextDay);
        provider.GrantIsRevoked = true;
        harness.Store.WritesToFail = 1;

        await harness.SweepAsync();
        var unwritten = await harness.StandingAsync(id);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await harness.SweepAsync();

        (unwritten.State, unwritten.Failure).ShouldBe((ConnectionState.Connected, null));
        (await harness.StandingAsync(id)).State.ShouldBe(ConnectionState.ReauthorizationRequired);
    }

    [Fact]
    public async Task An_end_that_no_refresh_puts_off_is_told_once_and_before_it_comes()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var harness = await provider.HarnessAsync(_clock);
        var end = _clock.GetUtcNow().AddDays(30);
        provider.RefreshEndsAt = () => end;
        var id = await provider.ImportAsync(harness, expiresIn: TimeSpan.FromHours(1));

        var told = new List<(int Day, AlertKind Kind, DateTimeOffset? Ends)>();
        for (var day = 0; day < 26; day++)
        {
            await harness.SweepAsync();
            told.AddRange(harness.Store.Alerts.Skip(told.Count).Select(a => (day, a.Kind, a.ExpiresAt)));
            _clock.Advance(TimeSpan.FromDays(1.12));
        }

        var (on, kind, ends) = told.ShouldHaveSingleItem();
        kind.ShouldBe(AlertKind.ExpiringSoon);
        ends!.Value.ShouldBe(end, TimeSpan.FromMinutes(2));
        on.ShouldBeInRange(20, 22);
        var entry = (await harness.Get<IConnectionLog>().ListAsync(id, null, 200, CancellationToken.None)).Single(e => e.Event == ConnectionEvent.ExpiringSoon);
        entry.By.ShouldBe(Actor.Revalidation);
    }

    [Fact]
    public async Task An_end_that_each_refresh_puts_off_is_never_told_and_never_reached()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var harness = await provider.HarnessAsync(_clock);
        provider.RefreshEndsAt = () => _clock.GetUtcNow().AddHours(10);
        var id = await provider.ImportAsync(harness, expiresIn: TimeSpan.FromHours(1));

        for (var hour = 0; hour < 72; hour++)
        {
            await harness.SweepAsync();
            if (provider.TokenRequests > 0)
                (await harness.CredentialAsync(id)).Tokens!.RefreshExpiresAt!.Value.ShouldBeGreaterThan(_clock.GetUtcNow());
            _clock.Advance(TimeSpan.FromHours(1));
        }

        provider.TokenRequests.ShouldBeGreaterThan(6);
        harness.Store.Alerts.ShouldBeEmpty();
        (await harness.ReadAsync(id)).Record.GrantExpiresAt.ShouldBeNull();
    }

    [Fact]
    public async Task An_end_is_told_of_a_connection_whose_probe_is_forbidden_too()
    {
        await using var provider = await FakeProvider.StartAsync();
        provider.ProbeIsForbidden = true;
        await using var harness = await provider.HarnessAsync(_clock);
        var id = await provider.ImportAsync(harness, expiresIn: TimeSpan.FromDays(3), hasRefreshToken: false);

        await harness.SweepAsync();

        harness.Store.Alerts.Select(a => a.Kind).ShouldBe([AlertKind.ExpiringSoon, AlertKind.Lost], ignoreOrder: true);
        (await harness.ReadAsync(id)).Record.GrantExpiresAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_access_token_that_cannot_be_renewed_is_told_of_before_it_ends()
    {
        await using var provider = await FakeProvider.StartAsync();
        await using var harness = await provider.HarnessAsync(_clock);
        var id = await provider.ImportAsync(harness, expiresIn: TimeSpan.FromDays(8), hasRefreshToken: false);

        await harness.SweepAsync();
        var early = harness.Store.Alerts.Count;
        _clock.Advance(s_nextDay);
        await harness.SweepAsync();

        early.ShouldBe(0);
        harness.Store.Alerts.ShouldHaveSingleItem().ExpiresAt!.Value.ShouldBe((await harness.ReadAsync(id)).Record.ExpiresAt!.Value, TimeSpan.FromSeconds(1), "told in whole seconds");
    }

    [NodeFact]
    public async Task Where_introspection_is_the_probe_the_providers_word_counts_and_its_scopes_are_kept()
    {
        var provider = oidc.Provider;
        await using var harness = await ConnectionsHarness.StartAsync(provider, Profiles.Changed(provider, s => s with { ProbesByIntrospection = true, IntrospectionEndpoint = FieldTemplate.Parse(provider.IntrospectionEndpoint.AbsoluteUri) }), _clock);
        var id = await harness.ConsentAsync(provider);
        await provider.ResetCountersAsync();

        await harness.SweepAsync();
        var passed = await harness.ReadAsync(id);
        var entry = (await harness.Get<IConnectionLog>().ListAsync(id, null, 1, CancellationToken.None))[0];
        await provider.RejectScopeAsync((await harness.CredentialAsync(id)).Tokens!.RefreshToken!.Reveal(), "api:read");
        _clock.Advance(s_nextDay);
        await harness.SweepAsync();
        var narrowed = await harness.ReadAsync(id);
        await provider.RevokeGrantAsync((await harness.CredentialAsync(id)).Tokens!.RefreshToken!.Reveal());
        _clock.Advance(s_nextDay);
        await harness.SweepAsync();

        (passed.State, passed.Record.LastProbedAt).ShouldBe((ConnectionState.Connected, entry.At));
        (entry.Event, entry.By, entry.RequestLine).ShouldBe((ConnectionEvent.Probed, Actor.Revalidation, $"POST {provider.IntrospectionEndpoint}"));
        narrowed.Record.GrantedScopes.ShouldBe(["openid", "offline_access"], ignoreOrder: true);
        (await provider.CountersAsync()).Requests("/api/read").ShouldBe(0);
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.ReauthorizationRequired, Health.Red, FailureKind.ModifiedCredentials));
    }

    [NodeFact]
    public async Task A_token_that_is_not_active_any_more_makes_a_suspect_where_nothing_can_renew_it()
    {
        var provider = oidc.Provider;
        await using var harness = await ConnectionsHarness.StartAsync(provider, Profiles.Changed(provider, s => s with { ProbesByIntrospection = true, IntrospectionEndpoint = FieldTemplate.Parse(provider.IntrospectionEndpoint.AbsoluteUri) }), _clock);
        var id = await harness.ConsentAsync(provider);
        var refresh = (await harness.CredentialAsync(id)).Tokens!.RefreshToken!.Reveal();
        await harness.SetTokensAsync(id, t => t with { RefreshToken = null, ExpiresAt = null });
        await provider.RevokeGrantAsync(refresh);

        await harness.SweepAsync();
        var suspect = await harness.StandingAsync(id);
        _clock.Advance(TimeSpan.FromSeconds(31));
        await harness.SweepAsync();

        suspect.ShouldBe((ConnectionState.Suspect, Health.Red, FailureKind.ModifiedCredentials));
        (await harness.StandingAsync(id)).State.ShouldBe(ConnectionState.ReauthorizationRequired);
    }

    /// <summary>A provider that says what a test wants it to say of its tokens' lives.</summary>
    private sealed class FakeProvider : IAsyncDisposable
    {
        private AppServer _server = null!;
        private TimeProvider _clock = TimeProvider.System;
        private int _tokens;

        public bool ClientIsRefused { get; set; }
        public bool GrantIsRevoked { get; set; }
        public bool ProbeIsForbidden { get; set; }
        public Func<DateTimeOffset>? RefreshEndsAt { get; set; }
        public bool Expires { get; set; } = true;
        public int TokenRequests => _server.Requests.Count(r => r.Target == "/token");

        public static async Task<FakeProvider> StartAsync()
        {
            var provider = new FakeProvider();
            provider._server = await AppServer.StartAsync(r => r.Target == "/token" ? provider.Answer() : provider.ProbeIsForbidden ? Results.StatusCode(403) : null);
            return provider;
        }

        public async Task<ConnectionsHarness> HarnessAsync(TimeProvider clock)
        {
            _clock = clock;
            var profile = new ConnectorProfile
            {
                Name = "fake",
                DisplayName = "Fake",
                BaseAddress = FieldTemplate.Parse(_server.Address.AbsoluteUri),
                Schemes = [new OAuth2Scheme { Name = "oauth2", DisplayName = "OAuth 2.0", AuthorizationEndpoint = FieldTemplate.Parse($"{_server.Address}authorize"), TokenEndpoint = FieldTemplate.Parse($"{_server.Address}token") }],
                Probe = new(HttpMethod.Get, FieldTemplate.Parse("me")),
            };
            var harness = await ConnectionsHarness.StartAsync(new Profiles(profile), [_server.Address.Authority], clock);
            await harness.DefineAsync("fake", "fake", "oauth2", clientId: "client", clientSecret: harness.NewSecret("client secret"));
            return harness;
        }

        public async Task<ConnectionId> ImportAsync(ConnectionsHarness harness, TimeSpan? expiresIn, bool hasRefreshToken = true)
        {
            var tokens = new ImportedTokens
            {
                AccessToken = new(harness.NewSecret("access token")),
                RefreshToken = hasRefreshToken ? new(harness.NewSecret("refresh token")) : null,
                ExpiresIn = expiresIn is { } life ? (long)life.TotalSeconds : null,
            };
            var made = await harness.Setup.CreateAsync(ConnectionsHarness.Operator, new() { DefinitionKey = "fake", Owner = Owner.Organisation, Tokens = tokens }, CancellationToken.None);
            return made.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Id;
        }

        public ValueTask DisposeAsync() => _server.DisposeAsync();

        private IResult Answer()
        {
            if (ClientIsRefused)
                return Results.Json(new { error = "invalid_client" }, statusCode: 401);
            if (GrantIsRevoked)
                return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
            var number = Interlocked.Increment(ref _tokens).ToString(CultureInfo.InvariantCulture);
            var reply = new Dictionary<string, object> { ["access_token"] = $"access-{number}", ["refresh_token"] = $"refresh-{number}", ["token_type"] = "Bearer" };
            if (RefreshEndsAt is { } ends)
                reply["refresh_token_expires_in"] = (long)(ends() - _clock.GetUtcNow()).TotalSeconds;
            if (Expires)
                reply["expires_in"] = 3600;
            return Results.Json(reply);
        }
    }
}
