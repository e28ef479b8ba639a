using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class CanaryTests(OidcFixture oidc, NginxFixture nginx) : IClassFixture<OidcFixture>, IClassFixture<NginxFixture>
{
    [NodeFact]
    public async Task No_secret_of_a_whole_life_turns_up_in_logs_failures_or_files()
    {
        var connectors = new Profiles(Profiles.Oidc(oidc.Provider), Profiles.Docs(nginx.Server.BaseAddress), Profiles.Keys(nginx.Server.BaseAddress));
        await using var harness = await ConnectionsHarness.StartAsync(connectors, [oidc.Provider.Issuer.Authority, nginx.Server.BaseAddress.Authority]);
        await harness.DefineAsync("docs", "docs", "basic");
        await harness.DefineAsync("keys", "keys", "query");

        var grant = await harness.ConsentAsync(oidc.Provider);
        var password = await harness.ConnectAsync("docs", new() { ["username"] = "alice", ["password"] = harness.NewSecret("password") });
        var key = await harness.ConnectAsync("keys", new() { ["apiKey"] = harness.NewSecret("api key") });
        foreach (var id in (ConnectionId[])[grant, password, key])
        {
            await harness.ProbeAsync(id);
            await harness.SendAsync(id, id == grant ? "api/read" : "basic/x");
        }

        await oidc.Provider.RevokeGrantAsync((await harness.CredentialAsync(grant)).Tokens!.RefreshToken!.Reveal());
        await harness.SendAsync(grant, "api/read");
        await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, key, CancellationToken.None);

        harness.Logs.Entries.ShouldNotBeEmpty();
        Canaries.FindIn(harness.Logs.Text, "log").ShouldBeEmpty();
        Canaries.ScanFolder(harness.Folder.Path).ShouldBeEmpty();
    }
}
