using System.Net;
using System.Text.Json.Nodes;

namespace Recipes.Host.Tests;

/// <summary>An app that needs no person, set up over REST with the generic connector, and tested.</summary>
public sealed class MachineConnectionTests : IAsyncLifetime
{
    private OidcProvider _provider = null!;
    private Workplace _place = null!;

    public async Task InitializeAsync()
    {
        if (Programs.Find("node") is null)
            return;
        _provider = await OidcProvider.StartAsync();
        _place = await Workplace.StartAsync(configure: b => b.Configuration["Egress:Allow:0"] = _provider.Issuer.Authority);
    }

    public async Task DisposeAsync()
    {
        if (_place is null)
            return;
        await _place.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [NodeFact]
    public async Task A_test_tells_which_scopes_there_are_and_which_are_missing()
    {
        var secret = Canaries.NewSecret("client secret");
        await _provider.AddMachineClientAsync("reports", secret, "client_secret_basic", ["client_credentials"]);
        var id = await ConnectAsync("client-credentials", "reports", secret, []);

        var answer = (await _place.Operator.PostAsync($"/api/connections/{id}/test")).Is(HttpStatusCode.OK);

        ((bool)answer["passed"]!).ShouldBeTrue(answer.Text);
        ((bool)answer["access"]!["active"]!).ShouldBeTrue();
        answer["access"]!["scopes"]!.AsArray().Select(s => (string)s!).ShouldBe(["api:read", "api:write"]);
        answer["access"]!["missingScopes"]!.AsArray().ShouldBeEmpty();
        Canaries.FindIn(answer.Text).ShouldBeEmpty();
    }

    [NodeFact]
    public async Task Each_account_can_bring_a_client_of_its_own()
    {
        var secret = Canaries.NewSecret("own client secret");
        await _provider.AddMachineClientAsync("own", secret, "client_secret_basic", ["client_credentials"]);
        var id = await ConnectAsync("client-credentials-own", null, null, new() { ["clientId"] = "own", ["clientSecret"] = secret });

        var answer = (await _place.Operator.PostAsync($"/api/connections/{id}/test")).Is(HttpStatusCode.OK);

        ((bool)answer["passed"]!).ShouldBeTrue(answer.Text);
    }

    private async Task<string> ConnectAsync(string scheme, string? clientId, string? clientSecret, Dictionary<string, string> fields)
    {
        var presets = new JsonObject
        {
            ["baseUrl"] = new Uri(_provider.Issuer, "/api").AbsoluteUri,
            ["tokenEndpoint"] = _provider.TokenEndpoint.AbsoluteUri,
            ["introspectionEndpoint"] = _provider.IntrospectionEndpoint.AbsoluteUri,
            ["probePath"] = "read",
        };
        (await _place.Operator.PostAsync("/api/connection-definitions", new { key = "reports", connector = "oauth2", scheme, clientId, clientSecret, presets, scopes = new[] { "api:read", "api:write" } })).Is(HttpStatusCode.Created);
        return (string)(await _place.Operator.PostAsync("/api/connections", new { definition = "reports", owner = "organisation", fields })).Is(HttpStatusCode.Created)["id"]!;
    }
}
