using System.Text;
using Recipes.Connectors;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>The connector of etcd, as it comes with the program, against a real etcd.</summary>
public sealed class EtcdTests
{
    [EtcdFact]
    public async Task A_connection_logs_in_probes_and_writes()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var harness = await StartAsync(etcd);
        var id = await ConnectAsync(harness, etcd);

        var probed = await harness.ProbeAsync(id);
        var written = await harness.SendAsync(id, "v3/kv/put", method: HttpMethod.Post, content: Json($$"""{"key":"{{Base64("a1")}}","value":"{{Base64("one")}}"}"""));
        var forbidden = await harness.SendAsync(id, "v3/kv/put", "Write", HttpMethod.Post, Json($$"""{"key":"{{Base64("z1")}}","value":"{{Base64("one")}}"}"""));

        probed.ShouldBeOfType<ProbeResult.Passed>();
        written.Failure.ShouldBeNull();
        forbidden.Failure!.Kind.ShouldBe(FailureKind.InsufficientPermissions);
        (await harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [EtcdFact]
    public async Task A_token_that_the_server_forgot_is_renewed_within_the_request()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var harness = await StartAsync(etcd);
        var id = await ConnectAsync(harness, etcd);
        await harness.ProbeAsync(id);
        await harness.SetTokensAsync(id, tokens => tokens with { AccessToken = new Secret(harness.NewSecret("forgotten token")) });

        var written = await harness.SendAsync(id, "v3/kv/put", method: HttpMethod.Post, content: Json($$"""{"key":"{{Base64("a1")}}","value":"{{Base64("one")}}"}"""));

        written.Failure.ShouldBeNull();
    }

    [EtcdFact]
    public async Task A_changed_password_is_told_as_such()
    {
        await using var etcd = await EtcdServer.StartAsync();
        await using var harness = await StartAsync(etcd);
        var id = await ConnectAsync(harness, etcd);
        await harness.ProbeAsync(id);
        await etcd.SetPasswordAsync("alice", Canaries.NewSecret("other password"));

        var reply = await harness.SendAsync(id, "v3/kv/put", method: HttpMethod.Post, content: Json($$"""{"key":"{{Base64("a1")}}"}"""));

        reply.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        (await harness.StandingAsync(id)).State.ShouldBe(ConnectionState.ReauthorizationRequired);
    }

    private static Task<ConnectionsHarness> StartAsync(EtcdServer etcd) => ConnectionsHarness.StartAsync(ConnectorCatalogue.Load([]), [etcd.BaseAddress.Authority]);

    private static async Task<ConnectionId> ConnectAsync(ConnectionsHarness harness, EtcdServer etcd)
    {
        var password = harness.NewSecret("password");
        await etcd.SetPasswordAsync("alice", password);
        await harness.DefineAsync("k", "etcd", "login");
        return await harness.ConnectAsync("k", new() { ["address"] = etcd.BaseAddress.AbsoluteUri.TrimEnd('/'), ["username"] = "alice", ["password"] = password });
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
