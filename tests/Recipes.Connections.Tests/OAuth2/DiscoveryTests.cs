using System.Web;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class DiscoveryTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private const string Document = "/.well-known/oauth-authorization-server";

    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    private OidcProvider Provider => oidc.Provider;

    public async Task InitializeAsync()
    {
        await Provider.HealAsync();
        await ResetAsync();
    }

    public Task DisposeAsync() => ResetAsync();

    [NodeFact]
    public async Task The_issuer_is_all_that_is_needed()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Discovered());
        var id = await harness.PendingAsync(Provider);

        var outcome = await harness.AuthorizeAsync(id, "alice");
        var reply = await harness.SendAsync(id, "api/read");
        await harness.SetTokensAsync(id, t => t with { ExpiresAt = TimeProvider.System.GetUtcNow() });
        var refreshed = await harness.SendAsync(id, "api/read");
        await Provider.ResetCountersAsync();
        await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, id, CancellationToken.None);

        outcome.ShouldBeOfType<FlowOutcome.Connected>();
        reply.Failure.ShouldBeNull();
        refreshed.Failure.ShouldBeNull();
        (await Provider.CountersAsync()).Requests("/token/revocation").ShouldBe(1);
    }

    [NodeTheory]
    [InlineData(true, IssParameter.None, false)]
    [InlineData(true, IssParameter.Wrong, false)]
    [InlineData(true, IssParameter.Right, true)]
    [InlineData(false, IssParameter.None, true)]
    [InlineData(false, IssParameter.Wrong, false)]
    [InlineData(false, IssParameter.Right, true)]
    public async Task The_callback_names_the_issuer_that_was_announced(bool isAnnounced, IssParameter iss, bool connects)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Discovered());
        var id = await harness.PendingAsync(Provider);
        await Provider.SetIssAnnouncedAsync(isAnnounced);
        await Provider.SetIssAsync(iss);
        await Provider.ResetCountersAsync();

        var outcome = await harness.AuthorizeAsync(id);

        (outcome is FlowOutcome.Connected).ShouldBe(connects);
        (await Provider.CountersAsync()).CodeExchanges.ShouldBe(connects ? 1 : 0);
    }

    [NodeFact]
    public async Task Metadata_of_another_issuer_is_not_used()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Discovered());
        var id = await harness.PendingAsync(Provider);
        await Provider.SetMetadataAsync(new() { ["issuer"] = "https://attacker.example" });

        var start = await harness.TryStartFlowAsync(id);

        var failure = start.ShouldBeOfType<FlowStart.Failed>().Failure;
        failure.Kind.ShouldBe(FailureKind.Misconfigured);
        failure.Message.ShouldContain("https://attacker.example");
    }

    [NodeFact]
    public async Task A_slash_too_many_in_the_issuer_is_told()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Discovered("/"));
        var id = await harness.PendingAsync(Provider);

        var start = await harness.TryStartFlowAsync(id);

        start.ShouldBeOfType<FlowStart.Failed>().Failure.Message.ShouldContain("exactly");
    }

    [NodeFact]
    public async Task Where_the_newer_place_is_empty_the_older_one_serves()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Discovered());
        var id = await harness.PendingAsync(Provider);
        await Provider.FailAsync(new() { Status = 404, Path = Document });

        var start = await harness.TryStartFlowAsync(id);

        start.ShouldBeOfType<FlowStart.Started>();
    }

    [NodeFact]
    public async Task An_issuer_that_cannot_be_reached_is_asked_again_after_a_minute()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Discovered(), _clock);
        var id = await harness.PendingAsync(Provider);

        await Provider.DownAsync();
        var down = await harness.TryStartFlowAsync(id);
        await Provider.UpAsync();
        _clock.Advance(TimeSpan.FromSeconds(59));
        var tooEarly = await harness.TryStartFlowAsync(id);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var later = await harness.TryStartFlowAsync(id);

        down.ShouldBeOfType<FlowStart.Failed>().Failure.Kind.ShouldBe(FailureKind.Unavailable);
        tooEarly.ShouldBeOfType<FlowStart.Failed>();
        later.ShouldBeOfType<FlowStart.Started>();
    }

    [NodeFact]
    public async Task Many_share_one_look_that_lasts_an_hour()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Discovered(), _clock);
        var id = await harness.PendingAsync(Provider);
        await Provider.ResetCountersAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => harness.StartFlowAsync(id)));
        _clock.Advance(TimeSpan.FromMinutes(59));
        await harness.StartFlowAsync(id);
        var within = (await Provider.CountersAsync()).Requests(Document);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await harness.StartFlowAsync(id);

        within.ShouldBe(1);
        (await Provider.CountersAsync()).Requests(Document).ShouldBe(2);
    }

    [NodeFact]
    public async Task An_endpoint_in_the_metadata_passes_the_egress_guard_or_gets_nothing()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Discovered());
        await Provider.SetMetadataAsync(new() { ["token_endpoint"] = "https://10.0.0.1/token" });
        var id = await harness.PendingAsync(Provider);

        var outcome = await harness.AuthorizeAsync(id);

        outcome.ShouldBeOfType<FlowOutcome.Failed>().Failure.Message.ShouldContain("private address");
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Pending);
    }

    [NodeFact]
    public async Task A_browser_is_not_sent_to_an_address_that_is_not_allowed()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Discovered());
        await Provider.SetMetadataAsync(new() { ["authorization_endpoint"] = "http://elsewhere.example/auth" });
        var id = await harness.PendingAsync(Provider);

        var starting = await Should.ThrowAsync<FormatException>(() => harness.TryStartFlowAsync(id));

        starting.Message.ShouldContain("The authorization endpoint must be https");
    }

    [NodeFact]
    public async Task A_provider_that_lists_its_methods_without_S256_gets_no_challenge()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Discovered());
        await Provider.SetMetadataAsync(new() { ["code_challenge_methods_supported"] = (string[])["plain"] });
        var id = await harness.PendingAsync(Provider);

        var browser = await harness.StartFlowAsync(id);

        HttpUtility.ParseQueryString(browser.Started.AuthorizationAddress.Query)["code_challenge"].ShouldBeNull();
    }

    [NodeFact]
    public async Task Who_may_name_the_issuer_names_where_the_client_secret_goes()
    {
        var profile = Discovered() with { Fields = [new Field { Name = "issuer", Label = "Issuer", Kind = FieldKind.Url }] };
        profile = profile with { Schemes = [(OAuth2Scheme)profile.Schemes[0] with { Discovery = FieldTemplate.Parse("{{fields.issuer}}") }] };
        await using var harness = await ConnectionsHarness.StartAsync(Provider, profile);

        var result = await harness.Get<DefinitionSetup>().CreateAsync(
            ConnectionsHarness.Operator, new() { Key = "crm", Connector = "oidc", ClientId = "some", ClientSecret = new Secret(harness.NewSecret("client secret")) }, CancellationToken.None);

        result.ShouldBeOfType<SetupResult<ConnectionDefinition>.Invalid>().Faults.ShouldContain(f => f.Path == "presets.issuer");
    }

    private async Task ResetAsync()
    {
        await Provider.SetMetadataAsync([]);
        await Provider.SetIssAnnouncedAsync(true);
        await Provider.SetIssAsync(IssParameter.Right);
    }

    private ConnectorProfile Discovered(string end = "") => Profiles.Changed(Provider, s => s with
    {
        Discovery = FieldTemplate.Parse(Provider.IssuerText + end),
        AuthorizationEndpoint = null,
        TokenEndpoint = null,
        RevocationEndpoint = null,
    });
}
