using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class CaptureTests(OidcFixture oidc) : IClassFixture<OidcFixture>, IAsyncLifetime
{
    private OidcProvider Provider => oidc.Provider;

    public async Task InitializeAsync()
    {
        await Provider.HealAsync();
        await Provider.SetCallbackAsync([]);
    }

    public Task DisposeAsync() => Provider.SetCallbackAsync([]);

    [NodeFact]
    public async Task The_token_host_may_come_with_the_callback()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, TokenHost());
        var id = await harness.PendingAsync(Provider);
        await Provider.SetCallbackAsync(new() { ["accounts-server"] = Provider.IssuerText });

        var outcome = await harness.AuthorizeAsync(id);
        var reply = await harness.SendAsync(id, "api/read");

        outcome.ShouldBeOfType<FlowOutcome.Connected>();
        (await harness.ReadAsync(id)).Record.Fields["tokenHost"].ShouldBe(Provider.Issuer.Authority);
        reply.Failure.ShouldBeNull();
    }

    [NodeTheory]
    [InlineData("https://evil.example")]
    [InlineData("http://127.0.0.1:80@evil.example")]
    [InlineData("http://evil.example/?http://127.0.0.1:80")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_host_in_the_callback_that_is_not_the_providers_never_gets_the_code(string? host)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, TokenHost());
        var id = await harness.PendingAsync(Provider);
        await Provider.SetCallbackAsync(host is null ? [] : new() { ["accounts-server"] = host });
        await Provider.ResetCountersAsync();

        var outcome = await harness.AuthorizeAsync(id);

        var failure = outcome.ShouldBeOfType<FlowOutcome.Failed>().Failure;
        failure.Kind.ShouldBe(FailureKind.Misconfigured);
        failure.Message.ShouldContain("accounts-server");
        failure.Message.ShouldNotContain("evil");
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Pending);
        (await Provider.CountersAsync()).CodeExchanges.ShouldBe(0);
    }

    [NodeFact]
    public async Task A_host_that_matches_the_pattern_still_has_to_pass_the_egress_guard()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, TokenHost());
        var id = await harness.PendingAsync(Provider);
        await Provider.SetCallbackAsync(new() { ["accounts-server"] = "http://127.0.0.1:1" });

        var outcome = await harness.AuthorizeAsync(id);

        outcome.ShouldBeOfType<FlowOutcome.Failed>().Failure.Message.ShouldContain("private address");
    }

    [NodeFact]
    public async Task Claims_headers_and_members_of_the_token_reply_are_kept_and_another_account_replaces_them()
    {
        Capture[] captures =
        [
            new("subject", null, CaptureSource.IdToken, "sub", Profiles.Pattern("^[a-z]+$")),
            new("contentType", null, CaptureSource.TokenHeader, "Content-Type", Profiles.Pattern("^(?<value>[a-z]+/[a-z]+).*$")),
            new(null, "idToken", CaptureSource.TokenReply, "id_token", Profiles.Pattern("^[A-Za-z0-9._-]+$")),
        ];
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Profiles.Changed(Provider, s => s with { Captures = captures }, "subject", "contentType"));
        var id = await harness.PendingAsync(Provider);

        await harness.AuthorizeAsync(id, "alice");
        var first = (await harness.ReadAsync(id)).Record.Fields;
        var secrets = (await harness.CredentialAsync(id)).Tokens!.Values;
        await harness.AuthorizeAsync(id, "bob", acceptsOther: true);

        first["subject"].ShouldBe("alice");
        first["contentType"].ShouldBe("application/json");
        secrets["idToken"].Reveal().Split('.').Length.ShouldBe(3);
        (await harness.ReadAsync(id)).Record.Fields["subject"].ShouldBe("bob");
    }

    [NodeTheory]
    [InlineData("instance_url", "^https://[a-z.]+$")]
    [InlineData("token_type", "^Nothing of the kind$")]
    public async Task Without_a_required_value_in_the_token_reply_nothing_is_connected(string path, string pattern)
    {
        Capture[] captures = [new("subject", null, CaptureSource.TokenReply, path, Profiles.Pattern(pattern))];
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Profiles.Changed(Provider, s => s with { Captures = captures }, "subject"));
        var id = await harness.PendingAsync(Provider);

        var outcome = await harness.AuthorizeAsync(id);

        var failure = outcome.ShouldBeOfType<FlowOutcome.Failed>().Failure;
        failure.Kind.ShouldBe(FailureKind.Misconfigured);
        failure.Message.ShouldContain($"'{path}'");
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Pending);
    }

    private ConnectorProfile TokenHost() => Profiles.Changed(Provider, s => s with
    {
        TokenEndpoint = FieldTemplate.Parse("http://{{fields.tokenHost}}/token"),
        RevocationEndpoint = null,
        Captures = [new("tokenHost", null, CaptureSource.Callback, "accounts-server", Profiles.Pattern("^http://(?<value>127[.]0[.]0[.]1:[0-9]+)$"))],
    }, "tokenHost");
}
