using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>A request that the connector declares tells the app that the credential is no longer wanted.</summary>
public sealed class RevocationTests
{
    private const string Key = """
        - type: apiKey
          in: header
          parameterName: X-Key
          revoke: { method: DELETE, path: /keys/current, query: { reason: disconnected } }
        """;

    [Fact]
    public async Task It_is_sent_with_the_credential_as_any_other_request_when_the_connection_is_disconnected()
    {
        await using var app = await AppServer.StartAsync();
        await using var harness = await StartAsync(app, Key);
        var (id, key) = await ConnectAsync(harness);

        var outcome = await DisconnectAsync(harness, id);
        var again = await DisconnectAsync(harness, id);

        var seen = app.Requests.ShouldHaveSingleItem();
        (seen.Method, seen.Target, seen.Header("X-Key")).ShouldBe(("DELETE", "/keys/current?reason=disconnected", key));
        outcome.ShouldBeOfType<RevocationOutcome.Revoked>().RequestLine.ShouldBe("DELETE /keys/current");
        again.ShouldBeOfType<RevocationOutcome.NotPossible>();
        var entry = (await harness.LogAsync(id))[0];
        (entry.Event, entry.Failure, entry.RequestLine).ShouldBe((ConnectionEvent.Revoked, null, "DELETE /keys/current"));
    }

    [Fact]
    public async Task Where_it_places_the_credential_itself_nothing_else_of_it_goes_along()
    {
        await using var app = await AppServer.StartAsync();
        await using var harness = await StartAsync(app, """
            - type: apiKey
              in: header
              parameterName: X-Key
              revoke: { path: /revocations, headers: { X-Revoked: "{{secrets.apiKey}}" }, body: { why: disconnected }, bodyType: form }
            """);
        var (id, key) = await ConnectAsync(harness);

        await DisconnectAsync(harness, id);

        var seen = app.Requests.ShouldHaveSingleItem();
        (seen.Method, seen.Header("X-Revoked"), seen.Header("X-Key"), seen.Text).ShouldBe(("POST", key, "", "why=disconnected"));
    }

    [Fact]
    public async Task A_session_is_ended_with_its_token_where_the_logout_does_not_place_it()
    {
        await using var app = await AppServer.StartAsync(seen => seen.Target == "/login" ? Results.Json(new { token = "a-session-token" }) : null);
        await using var harness = await StartAsync(app, """
            - type: login
              fields: [{ name: password, label: Password, kind: secret }]
              login: { path: /login, body: { password: "{{secrets.password}}" }, token: token }
              logout: { path: /logout }
              apply: { headers: { X-Session: "{{tokens.accessToken}}" } }
            """);
        await harness.DefineAsync("k", "app", "login");
        var id = await harness.ConnectAsync("k", new() { ["password"] = harness.NewSecret("password") });
        await harness.SendAsync(id, "items");

        var outcome = await DisconnectAsync(harness, id);

        (app.Requests[^1].Target, app.Requests[^1].Header("X-Session")).ShouldBe(("/logout", "a-session-token"));
        outcome.ShouldBeOfType<RevocationOutcome.Revoked>();
    }

    [Theory]
    [InlineData(204, true)]
    [InlineData(404, true)]
    [InlineData(410, true)]
    [InlineData(401, false)]
    [InlineData(500, false)]
    public async Task What_is_gone_already_counts_as_revoked_and_any_other_refusal_is_told(int status, bool isRevoked)
    {
        await using var app = await AppServer.StartAsync(_ => Results.StatusCode(status));
        await using var harness = await StartAsync(app, Key);
        var (id, _) = await ConnectAsync(harness);

        var outcome = await DisconnectAsync(harness, id);

        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Disconnected);
        if (isRevoked)
            outcome.ShouldBeOfType<RevocationOutcome.Revoked>();
        else
            outcome.ShouldBeOfType<RevocationOutcome.Failed>().Failure.Status.ShouldBe(status);
        ((await harness.LogAsync(id))[0].Failure?.Status).ShouldBe(isRevoked ? null : status);
    }

    private static Task<ConnectionsHarness> StartAsync(AppServer app, string schemes) => ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, schemes), [app.Address.Authority]);

    private static async Task<(ConnectionId Id, string Key)> ConnectAsync(ConnectionsHarness harness)
    {
        var key = harness.NewSecret("key");
        await harness.DefineAsync("k", "app", "api-key");
        return (await harness.ConnectAsync("k", new() { ["apiKey"] = key }), key);
    }

    private static async Task<RevocationOutcome> DisconnectAsync(ConnectionsHarness harness, ConnectionId id) =>
        (await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, id, CancellationToken.None)).ShouldBeOfType<SetupResult<Disconnection>.Done>().Value.Revocation;
}
