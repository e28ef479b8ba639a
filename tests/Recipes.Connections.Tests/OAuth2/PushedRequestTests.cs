using System.Web;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class PushedRequestTests(OidcFixture oidc) : IClassFixture<OidcFixture>
{
    private OidcProvider Provider => oidc.Provider;

    [NodeFact]
    public async Task The_browser_carries_nothing_but_a_reference_to_the_request()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Pushed());
        var id = await harness.PendingAsync(Provider);

        var browser = await harness.StartFlowAsync(id);
        var callback = await browser.ConsentAsync("alice");
        var outcome = await harness.CompleteAsync(browser, callback);

        var query = HttpUtility.ParseQueryString(browser.Started.AuthorizationAddress.Query);
        query.AllKeys.ShouldBe(["client_id", "request_uri"]);
        outcome.ShouldBeOfType<FlowOutcome.Connected>();
        (await harness.SendAsync(id, "api/read")).Failure.ShouldBeNull();
    }

    [NodeFact]
    public async Task A_refused_request_is_told_in_the_providers_words()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Pushed());
        var id = await harness.PendingAsync(Provider, ["openid"]);
        await Provider.SetRedirectUrisAsync((await harness.DefinitionOfAsync(id)).OAuthApp!.ClientId, "http://127.0.0.1:9/elsewhere");

        var start = await harness.TryStartFlowAsync(id);

        var failure = start.ShouldBeOfType<FlowStart.Failed>().Failure;
        failure.ProviderCode.ShouldBe("invalid_request");
        failure.Message.ShouldContain("redirect_uri did not match");
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Pending);
    }

    [NodeFact]
    public async Task A_client_that_is_refused_there_blames_the_definition()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Provider, Pushed());
        var id = await harness.PendingAsync(Provider);
        await Provider.SetClientSecretAsync((await harness.DefinitionOfAsync(id)).OAuthApp!.ClientId, harness.NewSecret("another"));

        var start = await harness.TryStartFlowAsync(id);

        start.ShouldBeOfType<FlowStart.Failed>().Failure.Kind.ShouldBe(FailureKind.ClientRejected);
        (await harness.DefinitionOfAsync(id)).ClientFailure!.Kind.ShouldBe(FailureKind.ClientRejected);
    }

    private ConnectorProfile Pushed() => Profiles.Changed(Provider, s => s with { PushedAuthorizationEndpoint = FieldTemplate.Parse(Provider.PushedAuthorizationEndpoint.AbsoluteUri) });
}
