using System.Web;
using Microsoft.AspNetCore.Http;

namespace Recipes.Connections.Tests;

public sealed class OAuth1ParameterTests
{
    [Fact]
    public async Task Each_step_takes_parameters_of_its_own()
    {
        await using var app = await AppServer.StartAsync(seen => Results.Text(
            seen.Target.StartsWith("/request", StringComparison.Ordinal) ? "oauth_token=request-token-1&oauth_token_secret=a-request-secret&oauth_callback_confirmed=true" : "oauth_token=access-token-1&oauth_token_secret=an-access-secret",
            "application/x-www-form-urlencoded"));
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, $$"""
            - type: oauth1
              requestTokenEndpoint: {{app.Address}}request
              authorizationEndpoint: {{app.Address}}authorize
              accessTokenEndpoint: {{app.Address}}access
              requestTokenParameters: { x_access: read }
              authorizationParameters: { name: "My app & me" }
              accessTokenParameters: { x_life: never }
            """), [app.Address.Authority]);
        await harness.DefineAsync("k", "app", "oauth1", clientId: "consumer", clientSecret: harness.NewSecret("consumer secret"));
        var id = await harness.ConnectAsync("k", []);

        var started = (await harness.TryStartFlowAsync(id)).ShouldBeOfType<FlowStart.Started>().Flow;
        var outcome = await harness.Flows.CompleteAsync(
            "k", new FlowCallback("request-token-1", null, null, null, null) { Parameters = new Dictionary<string, string> { ["oauth_token"] = "request-token-1", ["oauth_verifier"] = "verified" } },
            name => name == started.CookieName ? started.CookieValue.Reveal() : null, ConnectionsHarness.Operator, CancellationToken.None);

        outcome.ShouldBeOfType<FlowOutcome.Connected>();
        app.Requests[0].Text.ShouldContain("x_access=read");
        HttpUtility.ParseQueryString(started.AuthorizationAddress.Query)["name"].ShouldBe("My app & me");
        app.Requests[1].Text.ShouldContain("x_life=never");
    }

    [Fact]
    public async Task A_provider_may_give_the_same_request_token_again()
    {
        await using var app = await AppServer.StartAsync(_ => Results.Text("oauth_token=request-token-1&oauth_token_secret=a-request-secret&oauth_callback_confirmed=true", "application/x-www-form-urlencoded"));
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, $$"""
            - type: oauth1
              requestTokenEndpoint: {{app.Address}}request
              authorizationEndpoint: {{app.Address}}authorize
              accessTokenEndpoint: {{app.Address}}access
            """), [app.Address.Authority]);
        await harness.DefineAsync("k", "app", "oauth1", clientId: "consumer", clientSecret: harness.NewSecret("consumer secret"));
        var id = await harness.ConnectAsync("k", []);

        var first = await harness.TryStartFlowAsync(id);
        var second = await harness.TryStartFlowAsync(id);

        first.ShouldBeOfType<FlowStart.Started>();
        second.ShouldBeOfType<FlowStart.Started>();
    }
}
