using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;
using Recipes.Testing;

namespace Recipes.Storage.Tests;

/// <summary>What the store remembers between runs, and what makes it read again. No time passes here.</summary>
public abstract class RememberedListTests : StoreTests
{
    [StoreFact]
    public async Task A_changed_connection_drops_the_lists_of_its_owner_and_leaves_those_of_others()
    {
        await using var host = await StartAsync(clock: new TestClock(Some.At));
        var definition = await Some.StoredDefinitionAsync(host);
        var all = new List<Connection>();
        foreach (var user in Enumerable.Range(0, 10).Select(i => UserId.Parse($"user-{i}")))
        {
            all.Add(Some.Connection(definition, Owner.Of(user)));
            await host.Connections.AddAsync(all[^1], default);
            (await ListAsync(host, all[^1])).ShouldHaveSingleItem();
        }

        await QueryAsync("UPDATE connections SET display_name = 'renamed by hand'");
        all[0].Succeeded("x", Some.At);
        (await host.Connections.TryUpdateAsync(all[0], default)).ShouldBeTrue();
        foreach (var news in host.Services.GetServices<IConnectionNews>())
            news.ConnectionChanged(all[1].Id, definition.Id, all[1].Owner);

        (await ListAsync(host, all[0])).ShouldBe(["Alice's account"]);
        (await ListAsync(host, all[1])).ShouldBe(["renamed by hand"]);
        var others = new List<string>();
        foreach (var other in all.Skip(2))
            others.AddRange(await ListAsync(host, other));
        // Two owners may share a counter; nearly all do not.
        others.Count(o => o == "Alice's account").ShouldBeGreaterThan(5);
        foreach (var news in host.Services.GetServices<IConnectionNews>())
            news.AnythingMayHaveChanged();
        (await ListAsync(host, all[9])).ShouldBe(["renamed by hand"]);
    }

    [StoreFact]
    public async Task A_changed_definition_is_read_again_under_its_id_and_its_key_and_no_connection_makes_that_so()
    {
        await using var host = await StartAsync(clock: new TestClock(Some.At));
        var connection = await Some.StoredAsync(host);
        async Task<IEnumerable<string?>> Names() =>
        [
            (await host.Connections.FindDefinitionAsync(connection.DefinitionId, default))?.DisplayName,
            (await host.Connections.FindDefinitionAsync(TenantId.Default, StableKey.Parse("crm"), default))?.DisplayName,
        ];
        (await Names()).ShouldBe(["Sales CRM", "Sales CRM"]);
        await QueryAsync("UPDATE connection_definitions SET display_name = 'renamed'");

        connection.Succeeded("x", Some.At);
        (await host.Connections.TryUpdateAsync(connection, default)).ShouldBeTrue();
        var remembered = await Names();
        foreach (var news in host.Services.GetServices<IConnectionNews>())
            news.DefinitionChanged(connection.DefinitionId, TenantId.Default, StableKey.Parse("crm"));

        remembered.ShouldBe(["Sales CRM", "Sales CRM"]);
        (await Names()).ShouldBe(["renamed", "renamed"]);
    }

    private static async Task<IReadOnlyList<string>> ListAsync(TestHost host, Connection connection) =>
        [.. (await host.Connections.ListAsync(connection.Tenant, new(connection.DefinitionId, connection.Owner), default)).Select(c => c.Record.DisplayName)];
}
