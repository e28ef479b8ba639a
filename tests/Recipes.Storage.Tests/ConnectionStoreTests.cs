using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;

namespace Recipes.Storage.Tests;

public abstract class ConnectionStoreTests : StoreTests
{
    [StoreFact]
    public async Task A_definition_comes_back_as_it_was_stored()
    {
        await using var host = await StartAsync();
        var definition = Some.Definition();

        (await host.Connections.TryAddAsync(definition, default)).ShouldBeTrue();

        var byKey = await host.Connections.FindDefinitionAsync(definition.Tenant, definition.Key, default);
        byKey.ShouldHoldTheSameAs(definition);
        (await host.Connections.FindDefinitionAsync(definition.Id, default)).ShouldHoldTheSameAs(definition);
    }

    [StoreFact]
    public async Task The_client_of_a_development_app_is_kept_once_and_comes_with_every_definition_on_it()
    {
        await using var host = await StartAsync();
        var apps = host.Services.GetRequiredService<IDevelopmentAppStore>();
        var app = new DevelopmentApp { Id = new(Guid.CreateVersion7(Some.At)), Connector = "sandbox-crm", Scheme = "oauth2", ClientId = "development", SealedClientSecret = [4, 5], Presets = new Dictionary<string, string> { ["host"] = "crm.example" }, CreatedAt = Some.At };
        var definition = Some.Definition() with { UsesDevelopmentApp = true };

        (await apps.TryAddAsync(app, default)).ShouldBeTrue();
        (await apps.TryAddAsync(app with { Id = new(Guid.CreateVersion7(Some.At)) }, default)).ShouldBeFalse();
        (await apps.TryUpdateAsync(app with { ClientId = "another" }, default)).ShouldBeTrue();
        (await apps.TryUpdateAsync(app with { ClientId = "late" }, default)).ShouldBeFalse();
        (await host.Connections.TryAddAsync(definition, default)).ShouldBeTrue();
        (await host.Connections.TryUpdateAsync(definition with { OAuthApp = new("development", [4, 5]) { Development = app.Id } }, default)).ShouldBeTrue();

        var kept = await host.Services.GetRequiredService<ConnectionStore>().FindDefinitionAsync(definition.Id, default);
        (kept!.UsesDevelopmentApp, kept.OAuthApp).ShouldBe((true, null));
        (await host.Connections.FindDefinitionAsync(definition.Id, default))!.OAuthApp.ShouldHoldTheSameAs(new OAuthApp("another", [4, 5]) { Development = app.Id });
        (await apps.FindAsync("sandbox-crm", "oauth2", default)).ShouldHoldTheSameAs(app with { ClientId = "another", Version = 2 });
        (await apps.ListDefinitionsAsync("sandbox-crm", "oauth2", default)).ShouldBe([definition.Id]);
        (await apps.TryRemoveAsync(app.Id, default)).ShouldBeTrue();
        (await apps.ListAsync(default)).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task A_second_definition_of_one_key_is_refused_in_the_same_tenant_only()
    {
        await using var host = await StartAsync();
        await host.Connections.TryAddAsync(Some.Definition(), default);

        var same = await host.Connections.TryAddAsync(Some.Definition(), default);
        var other = await host.Connections.TryAddAsync(Some.Definition(tenant: Some.OtherTenant), default);

        same.ShouldBeFalse();
        other.ShouldBeTrue();
    }

    [StoreFact]
    public async Task Definitions_are_listed_by_key_and_only_their_tenants()
    {
        await using var host = await StartAsync();
        await host.Connections.TryAddAsync(Some.Definition("mail"), default);
        await host.Connections.TryAddAsync(Some.Definition("crm"), default);
        await host.Connections.TryAddAsync(Some.Definition("other-crm", Some.OtherTenant), default);

        var mine = await host.Connections.ListDefinitionsAsync(TenantId.Default, default);

        mine.Select(d => d.Key.Value).ShouldBe(["crm", "mail"]);
        (await host.Connections.FindDefinitionAsync(TenantId.Default, StableKey.Parse("other-crm"), default)).ShouldBeNull();
    }

    [StoreFact]
    public async Task Of_twenty_changes_to_one_version_of_a_definition_one_is_stored()
    {
        await using var host = await StartAsync();
        var definition = Some.Definition();
        await host.Connections.TryAddAsync(definition, default);

        var changes = Enumerable.Range(0, 20).Select(i => definition with { DisplayName = $"name {i}", OAuthApp = null, ClientFailure = null }).ToList();
        var stored = await Task.WhenAll(changes.Select(c => Task.Run(() => host.Connections.TryUpdateAsync(c, default))));

        stored.Count(s => s).ShouldBe(1);
        var winner = changes[Array.IndexOf(stored, true)];
        (await host.Connections.FindDefinitionAsync(definition.Id, default)).ShouldHoldTheSameAs(winner with { Version = 2 });
    }

    [StoreFact]
    public async Task A_connection_comes_back_as_it_was_stored()
    {
        await using var host = await StartAsync();
        var definition = await AddDefinitionAsync(host);
        var full = Some.Connection(definition, Owner.Of(Some.Alice), isDefault: true);
        var bare = Connection.Create(definition, Owner.Organisation, "bare", new Dictionary<string, string>(), isDefault: false, Some.At);

        await host.Connections.AddAsync(full, default);
        await host.Connections.AddAsync(bare, default);

        (await host.Connections.FindAsync(full.Id, default))!.Record.ShouldHoldTheSameAs(full.Record);
        (await host.Connections.FindAsync(bare.Id, default))!.Record.ShouldHoldTheSameAs(bare.Record);
        (await host.Connections.FindAsync(new(Guid.CreateVersion7(Some.At)), default)).ShouldBeNull();
    }

    [StoreFact]
    public async Task Connections_are_narrowed_and_oldest_first_and_only_their_tenants()
    {
        await using var host = await StartAsync();
        var (crm, mail, foreign) = (await AddDefinitionAsync(host), await AddDefinitionAsync(host, "mail"), await AddDefinitionAsync(host, tenant: Some.OtherTenant));
        var younger = Some.Connection(crm, Owner.Of(Some.Alice), at: Some.At.AddDays(1));
        var older = Some.Connection(crm, Owner.Organisation);
        var alicesMail = Some.Connection(mail, Owner.Of(Some.Alice), at: Some.At.AddDays(2));
        var pending = Connection.Create(mail, Owner.Of(Some.Bob), "new", new Dictionary<string, string>(), isDefault: false, Some.At.AddDays(3));
        foreach (var connection in new[] { younger, older, alicesMail, pending, Some.Connection(foreign, Owner.Of(Some.Alice)) })
            await host.Connections.AddAsync(connection, default);

        async Task<IEnumerable<ConnectionId>> List(ConnectionFilter filter) => (await host.Connections.ListAsync(TenantId.Default, filter, default)).Select(c => c.Id);

        (await List(new())).ShouldBe([older.Id, younger.Id, alicesMail.Id, pending.Id]);
        (await List(new(Definition: crm.Id))).ShouldBe([older.Id, younger.Id]);
        (await List(new(Owner: Owner.Of(Some.Alice)))).ShouldBe([younger.Id, alicesMail.Id]);
        (await List(new(Owner: Owner.Organisation))).ShouldBe([older.Id]);
        (await List(new(State: ConnectionState.Pending))).ShouldBe([pending.Id]);
        (await List(new(Definition: foreign.Id))).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task A_sweep_meets_the_connections_of_every_tenant_in_one_state_up_to_a_number()
    {
        await using var host = await StartAsync();
        var (mine, foreign) = (await AddDefinitionAsync(host), await AddDefinitionAsync(host, tenant: Some.OtherTenant));
        var second = Some.Connection(mine, at: Some.At.AddDays(1));
        var first = Some.Connection(foreign);
        var third = Some.Connection(mine, at: Some.At.AddDays(2));
        foreach (var connection in new[] { second, third, first, Connection.Create(mine, Owner.Organisation, "new", new Dictionary<string, string>(), false, Some.At) })
            await host.Connections.AddAsync(connection, default);

        (await host.Connections.ListInStateAsync(ConnectionState.Connected, 2, default)).ShouldBe([first.Id, second.Id]);
        (await host.Connections.ListInStateAsync(ConnectionState.Suspect, 2, default)).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task Of_twenty_changes_to_one_version_of_a_connection_one_is_stored()
    {
        await using var host = await StartAsync();
        var original = Some.Connection(await AddDefinitionAsync(host), isDefault: true);
        await host.Connections.AddAsync(original, default);

        var copies = Enumerable.Range(0, 20).Select(_ => new Connection(original.Record)).ToList();
        var stored = await Task.WhenAll(copies.Select((copy, i) => Task.Run(() =>
        {
            copy.Refreshed([(byte)i], new(new("token"), null, Some.At, null, ["write"]), Some.At.AddDays(1));
            return host.Connections.TryUpdateAsync(copy, default);
        })));

        stored.Count(s => s).ShouldBe(1);
        var winner = copies[Array.IndexOf(stored, true)];
        winner.Record.Version.ShouldBe(2);
        copies.Where(c => c != winner).ShouldAllBe(c => c.Record.Version == 1);
        (await host.Connections.FindAsync(original.Id, default))!.Record.ShouldHoldTheSameAs(winner.Record);
        (await host.Connections.FindVersionAsync(original.Id, default)).ShouldBe(2);
    }

    [StoreFact]
    public async Task Every_member_that_may_change_is_stored_by_an_update()
    {
        await using var host = await StartAsync();
        var connection = Some.Connection(await AddDefinitionAsync(host));
        await host.Connections.AddAsync(connection, default);

        connection.Disconnected(Some.At.AddDays(2));
        (await host.Connections.TryUpdateAsync(connection, default)).ShouldBeTrue();
        connection.Authorized([1], null, "bob", Some.At.AddDays(3));
        connection.Succeeded("Crm.Create", Some.At.AddDays(4));
        connection.ProbePassed("bob", Some.At.AddDays(4));
        connection.Limited("x", Some.Failure with { At = Some.At.AddDays(5) });
        connection.Refused(Some.Failure);
        var changed = new Connection(connection.Record with { DisplayName = "renamed", Fields = new Dictionary<string, string>(), IsDefault = true });
        (await host.Connections.TryUpdateAsync(changed, default)).ShouldBeTrue();

        (await host.Connections.FindAsync(connection.Id, default))!.Record.ShouldHoldTheSameAs(changed.Record);
        changed.Record.Version.ShouldBe(3);
    }

    [StoreFact]
    public async Task A_new_default_takes_over_from_the_former_one_of_the_same_owner_only()
    {
        await using var host = await StartAsync();
        var definition = await AddDefinitionAsync(host);
        var former = Some.Connection(definition, isDefault: true);
        var alices = Some.Connection(definition, Owner.Of(Some.Alice), isDefault: true);
        var heir = Some.Connection(definition, isDefault: true);
        foreach (var connection in new[] { former, alices, heir })
            await host.Connections.AddAsync(connection, default);

        var defaults = (await host.Connections.ListAsync(TenantId.Default, new(), default)).Where(c => c.Record.IsDefault).Select(c => c.Id);

        defaults.ShouldBe([alices.Id, heir.Id], ignoreOrder: true);
        (await host.Connections.TryUpdateAsync(former, default)).ShouldBeFalse("its holder has not seen that it is no longer the default");
        (await host.Connections.FindAsync(heir.Id, default))!.Record.IsDefault.ShouldBeTrue("a refused update moves nothing");
    }

    [StoreFact]
    public async Task A_connection_cannot_be_stored_without_its_definition()
    {
        await using var host = await StartAsync();

        await Should.ThrowAsync<Exception>(() => host.Connections.AddAsync(Some.Connection(Some.Definition()), default));
    }

    [StoreFact]
    public async Task A_restart_keeps_everything()
    {
        var definition = Some.Definition() with { OAuthApp = null };
        var connection = new Connection(Some.Record(definition) with { SealedCredential = null });
        var run = Some.Run();
        await using (var before = await StartAsync())
        {
            await before.Connections.TryAddAsync(definition, default);
            await before.Connections.AddAsync(connection, default);
            await before.Flows.AddAsync(Some.Flow(connection), default);
            await before.Users.TryAddAsync(new(TenantId.Default, Some.Alice, "Alice", Privileges.Member, Some.At), default);
            await before.Runs.SaveAsync(run, default);
        }

        await using var after = await StartAsync();

        (await after.Connections.FindDefinitionAsync(definition.Id, default)).ShouldHoldTheSameAs(definition);
        (await after.Connections.FindAsync(connection.Id, default))!.Record.ShouldHoldTheSameAs(connection.Record);
        (await after.Flows.FindAsync(Some.Flow(connection).StateHash, default)).ShouldNotBeNull();
        (await after.Users.FindAsync(TenantId.Default, Some.Alice, default)).ShouldNotBeNull();
        (await after.Runs.FindAsync(run.Tenant, run.Id, default)).ShouldNotBeNull();
    }

    private static async Task<ConnectionDefinition> AddDefinitionAsync(TestHost host, string key = "crm", TenantId? tenant = null)
    {
        var definition = Some.Definition(key, tenant);
        (await host.Connections.TryAddAsync(definition, default)).ShouldBeTrue();
        return definition;
    }
}
