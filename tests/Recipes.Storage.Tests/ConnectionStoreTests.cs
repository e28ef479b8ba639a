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
        var definition = await Some.StoredDefinitionAsync(host);
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
        var (crm, mail, foreign) = (await Some.StoredDefinitionAsync(host), await Some.StoredDefinitionAsync(host, "mail"), await Some.StoredDefinitionAsync(host, tenant: Some.OtherTenant));
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
    public async Task Several_are_found_at_once_whatever_their_tenant()
    {
        await using var host = await StartAsync();
        var (mine, foreign) = (await Some.StoredDefinitionAsync(host), await Some.StoredDefinitionAsync(host, tenant: Some.OtherTenant));
        var (one, two, other) = (Some.Connection(mine), Some.Connection(foreign), Some.Connection(mine));
        foreach (var connection in new[] { one, two, other })
            await host.Connections.AddAsync(connection, default);

        var found = await host.Connections.FindAllAsync([one.Id, two.Id, new(Guid.CreateVersion7(Some.At))], default);

        found.Select(c => c.Id).ShouldBe([one.Id, two.Id], ignoreOrder: true);
    }

    [StoreFact]
    public async Task Of_twenty_changes_to_one_version_of_a_connection_one_is_stored()
    {
        await using var host = await StartAsync();
        var original = Some.Connection(await Some.StoredDefinitionAsync(host), isDefault: true);
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
        var connection = Some.Connection(await Some.StoredDefinitionAsync(host));
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
        var definition = await Some.StoredDefinitionAsync(host);
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

    [StoreFact]
    public async Task Of_twenty_that_become_the_default_at_once_one_is_it_in_the_end()
    {
        await using var host = await StartAsync();
        var definition = await Some.StoredDefinitionAsync(host);
        var existing = Enumerable.Range(0, 10).Select(_ => Some.Connection(definition)).ToList();
        foreach (var connection in existing)
            await host.Connections.AddAsync(connection, default);

        var updates = existing.Select(c => Task.Run(() => host.Connections.TryUpdateAsync(new(c.Record with { IsDefault = true }), default))).ToList();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => host.Connections.AddAsync(Some.Connection(definition, isDefault: true), default))).Concat(updates));

        var all = await host.Connections.ListAsync(TenantId.Default, new(), default);
        all.Count.ShouldBe(20);
        all.Count(c => c.Record.IsDefault).ShouldBe(1);
    }

    [StoreFact]
    public async Task What_happened_is_stored_with_the_change_or_neither_is()
    {
        await using var host = await StartAsync();
        var connection = await Some.StoredAsync(host);
        var definition = (await host.Connections.FindDefinitionAsync(connection.DefinitionId, default))!;
        var lost = new Connection(connection.Record);
        lost.GrantLost(Some.Failure with { Kind = FailureKind.ModifiedCredentials }, ConnectionEvent.Refreshed);
        var told = new Alert { Id = Guid.CreateVersion7(Some.At), Tenant = definition.Tenant, Definition = definition.Id, Kind = AlertKind.Lost, At = Some.At, Failure = Some.Failure };

        await QueryAsync("ALTER TABLE alerts RENAME TO away");
        await Should.ThrowAsync<Exception>(() => host.Connections.TryUpdateAsync(lost, default));
        await Should.ThrowAsync<Exception>(() => host.Connections.TryUpdateAsync(definition with { DisplayName = "x" }, default, told));
        await QueryAsync("ALTER TABLE away RENAME TO alerts");
        var (state, version) = ((await host.Connections.FindAsync(lost.Id, default))!.State, (await host.Connections.FindDefinitionAsync(definition.Id, default))!.Version);
        var entries = await host.Log.ListAsync(lost.Id, null, 10, default);
        (await host.Connections.TryUpdateAsync(lost, default)).ShouldBeTrue();
        (await host.Connections.TryUpdateAsync(definition, default, told)).ShouldBeTrue();
        (await host.Connections.TryUpdateAsync(definition, default, told with { Id = Guid.CreateVersion7(Some.At) })).ShouldBeFalse();

        (state, version, entries.Count).ShouldBe((ConnectionState.Connected, 1, 0));
        (await host.Log.ListAsync(lost.Id, null, 10, default)).Count.ShouldBe(2);
        (await QueryAsync("SELECT kind || ' ' || CASE WHEN connection_id IS NULL THEN 'definition' ELSE 'connection' END FROM alerts ORDER BY 1")).ShouldBe(["Lost connection", "Lost definition"]);
    }

    [StoreFact]
    public async Task What_belongs_to_a_connection_goes_with_it_and_nothing_else()
    {
        await using var host = await StartAsync();
        var (gone, stays) = (await Some.StoredAsync(host), await Some.StoredAsync(host, "stays"));
        foreach (var connection in new[] { gone, stays })
        {
            await host.Flows.AddAsync(Some.Flow(connection, connection.Id.ToString()), default);
            await host.DeviceFlows.ReplaceAsync(Some.DeviceFlow(connection), default);
            await host.Log.AddAsync((DailyFigures[])[new(connection.Id, new(2026, 3, 4)) { Uses = 1 }], default);
            connection.Succeeded("x", Some.At.AddDays(1));
            (await host.Connections.TryUpdateAsync(connection, default)).ShouldBeTrue();
        }

        (await host.Connections.TryRemoveAsync(new Connection(gone.Record with { Version = 1 }), default)).ShouldBeFalse("it has changed since");
        (await host.Connections.TryRemoveAsync(gone, default)).ShouldBeTrue();
        (await host.Connections.TryRemoveAsync(gone, default)).ShouldBeFalse();

        foreach (var table in new[] { "authorization_flows", "device_flows", "connection_days", "connection_log" })
            (await QueryAsync($"SELECT DISTINCT connection_id FROM {table}")).ShouldBe([stays.Id.ToString()], table);
    }

    [StoreFact]
    public async Task A_definition_goes_with_its_connections_unless_it_has_changed()
    {
        await using var host = await StartAsync();
        var (gone, stays) = (await Some.StoredAsync(host), await Some.StoredAsync(host, "stays"));
        var definition = (await host.Connections.FindDefinitionAsync(gone.DefinitionId, default))!;

        (await host.Connections.TryRemoveAsync(definition with { Version = 7 }, default)).ShouldBeFalse();
        (await host.Connections.FindAsync(gone.Id, default)).ShouldNotBeNull("nothing of it is gone when it stays");
        (await host.Connections.TryRemoveAsync(definition, default)).ShouldBeFalse("an account is connected under it");
        gone = (await host.Connections.FindAsync(gone.Id, default))!;
        gone.Disconnected(Some.At);
        (await host.Connections.TryUpdateAsync(gone, default)).ShouldBeTrue();
        (await host.Connections.TryRemoveAsync(definition, default)).ShouldBeTrue();

        (await host.Connections.FindDefinitionAsync(definition.Tenant, definition.Key, default)).ShouldBeNull();
        (await host.Connections.ListAsync(TenantId.Default, new(), default)).ShouldHaveSingleItem().Id.ShouldBe(stays.Id);
    }

    [StoreFact]
    public async Task Whatever_a_provider_calls_an_account_can_be_stored()
    {
        await using var host = await StartAsync();
        var connection = await Some.StoredAsync(host);

        connection.ProbePassed("a\0b \ud83d 👍", Some.At.AddDays(1));
        (await host.Connections.TryUpdateAsync(connection, default)).ShouldBeTrue();

        (await host.Connections.FindAsync(connection.Id, default))!.Record.AccountLabel!.ShouldEndWith("👍");
    }
}
