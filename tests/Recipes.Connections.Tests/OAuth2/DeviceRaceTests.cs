using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class DeviceRaceTests
{
    [Fact]
    public async Task A_connection_that_was_given_up_while_the_provider_answered_stays_given_up()
    {
        var clock = new TestClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var meanwhile = () => Task.CompletedTask;
        await using var app = await AppServer.StartAsync(seen => seen.Target switch
        {
            "/device" => Results.Text("""{"device_code":"a-device-code-1","user_code":"ABCD","verification_uri":"https://app.example/device","interval":5,"expires_in":600}""", "application/json"),
            "/token" => new Answer(() => meanwhile()),
            _ => null,
        });
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, $$"""
            - type: oauth2
              grant: deviceCode
              deviceAuthorizationEndpoint: {{app.Address}}device
              tokenEndpoint: {{app.Address}}token
              revocationEndpoint: {{app.Address}}revoke
            """), [app.Address.Authority], clock);
        await harness.DefineAsync("k", "app", "oauth2", clientId: "the-client");
        var id = await harness.ConnectAsync("k", []);
        var devices = harness.Get<DeviceFlows>();
        (await devices.StartAsync(ConnectionsHarness.Operator, await harness.ReadAsync(id), null, CancellationToken.None)).ShouldBeOfType<DeviceStart.Started>();
        clock.Advance(TimeSpan.FromSeconds(6));
        meanwhile = async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            (await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, id, CancellationToken.None)).ShouldBeOfType<SetupResult<Disconnection>.Done>();
        };

        var flow = await devices.LookAsync(id, CancellationToken.None);

        flow!.Status.ShouldBe(DeviceFlowStatus.Failed);
        (await harness.ReadAsync(id)).State.ShouldBe(ConnectionState.Disconnected);
        app.Requests.ShouldContain(r => r.Target == "/revoke" && r.Text.Contains("a-refresh-token-1", StringComparison.Ordinal));
    }

    private sealed class Answer(Func<Task> meanwhile) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await meanwhile();
            await Results.Text("""{"access_token":"an-access-token-1","refresh_token":"a-refresh-token-1","expires_in":600}""", "application/json").ExecuteAsync(httpContext);
        }
    }
}
