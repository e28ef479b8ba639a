using Recipes.Connections;
using Recipes.Testing;

namespace Recipes.Connectors.Tests;

/// <summary>The connector of Syncthing against a running node.</summary>
public sealed class SyncthingTests
{
    [SyncthingFact]
    public async Task Its_folders_are_added_read_and_paused()
    {
        var key = Canaries.NewSecret("Syncthing key");
        await using var node = await SyncthingServer.StartAsync(key);
        await using var connection = await ConnectAsync(node, key);

        (await connection.ProbeAsync()).ShouldBeOfType<ProbeResult.Passed>().AccountLabel!.Length.ShouldBe(63);
        (await connection.OutputAsync("Syncthing.AddFolder", $$"""{ "folder": "docs", "path": "{{node.SharedFolder}}", "title": "Documents" }""")).ShouldNotBeNull();
        var folders = await connection.OutputAsync("Syncthing.ListFolders");
        var folder = await connection.OutputAsync("Syncthing.ReadFolder", """{ "folder": "docs" }""");
        await connection.OutputAsync("Syncthing.PauseFolder", """{ "folder": "docs" }""");

        folders["count"].ShouldBe(1L);
        folder["missing"].ShouldBe(0L);
        ((Dictionary<string, object?>)((List<object?>)(await connection.OutputAsync("Syncthing.ListFolders"))["items"]!)[0]!)["paused"].ShouldBe(true);
        ((string)(await connection.OutputAsync("Syncthing.ReadVersion"))["version"]!).ShouldStartWith("v");
    }

    [SyncthingFact]
    public async Task A_wrong_key_is_told_from_a_missing_permission_though_the_status_is_403()
    {
        await using var node = await SyncthingServer.StartAsync(Canaries.NewSecret("Syncthing key"));
        await using var connection = await ConnectAsync(node, Canaries.NewSecret("wrong key"));

        var probe = await connection.ProbeAsync();

        probe.ShouldBeOfType<ProbeResult.Failed>().Failure.Kind.ShouldBe(FailureKind.ModifiedCredentials);
    }

    private static Task<AppConnection> ConnectAsync(SyncthingServer node, string key) =>
        AppConnection.ConnectAsync(node.BaseAddress, "syncthing", "api-key", new() { ["address"] = node.BaseAddress.GetLeftPart(UriPartial.Authority), ["apiKey"] = key });
}
