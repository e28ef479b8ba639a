using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;

namespace Recipes.Storage.Tests;

public abstract class ConnectionSearchTests : StoreTests
{
    private static readonly Owner s_alice = Owner.Of(Some.Alice);

    [StoreFact]
    public async Task What_is_broken_comes_first_and_then_names_on_pages_that_share_nothing()
    {
        await using var host = await StartAsync();
        var (crm, mail) = (await DefineAsync(host, "crm", "Sales CRM"), await DefineAsync(host, "mail", "Mail"));
        await AddAsync(host, crm, "b", Working);
        await AddAsync(host, crm, "a", Working);
        await AddAsync(host, mail, "z", Working);
        await AddAsync(host, mail, "gone", r => r with { State = ConnectionState.Disconnected });
        await AddAsync(host, crm, "dead", Dead);
        await AddAsync(host, await DefineAsync(host, "crm", "Elsewhere", Some.OtherTenant), "foreign", Working);

        var pages = new List<FoundConnections>();
        for (var skip = 0; skip < 6; skip += 2)
            pages.Add(await Search(host).FindAsync(TenantId.Default, new(), skip, 2, default));

        pages.SelectMany(p => p.Connections).Select(c => c.Record.DisplayName).ShouldBe(["dead", "z", "a", "b", "gone"]);
        pages.ShouldAllBe(p => p.Total == 5);
    }

    [StoreFact]
    public async Task A_text_is_found_in_name_account_and_owner_and_a_percent_sign_is_no_wildcard()
    {
        await using var host = await StartAsync();
        var (crm, mail) = (await DefineAsync(host, "crm", "Sales CRM"), await DefineAsync(host, "mail", "Mail"));
        await AddAsync(host, crm, "Küche ONE", Working);
        await AddAsync(host, crm, "two", r => Working(r) with { AccountLabel = "Ann@example.com" });
        await AddAsync(host, crm, "three", r => Working(r) with { Owner = s_alice });
        await AddAsync(host, mail, "four", Working);
        async Task<string[]> FindAsync(string text, params ConnectionDefinitionId[] named) =>
            [.. (await Search(host).FindAsync(TenantId.Default, new() { Text = text, TextDefinitions = named }, 0, 10, default)).Connections.Select(c => c.Record.DisplayName).Order()];

        (await FindAsync("one")).ShouldBe(["Küche ONE"]);
        (await FindAsync("Küche")).ShouldBe(["Küche ONE"]);
        (await FindAsync("ann@EXAMPLE")).ShouldBe(["two"]);
        (await FindAsync("ALICE")).ShouldBe(["three"]);
        (await FindAsync("organisation")).ShouldBe(["Küche ONE", "four", "two"], ignoreOrder: true);
        (await FindAsync("mail", mail.Id)).ShouldBe(["four"]);
        (await FindAsync("%")).ShouldBeEmpty();
        (await FindAsync("_")).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task Of_one_kind_of_trouble_the_newest_comes_first()
    {
        await using var host = await StartAsync();
        var crm = await DefineAsync(host, "crm", "Sales CRM");
        await AddAsync(host, crm, "old", r => Dead(r) with { HealthSince = Some.At });
        await AddAsync(host, crm, "new", r => Dead(r) with { HealthSince = Some.At.AddDays(2) });
        await AddAsync(host, crm, "between", r => Dead(r) with { HealthSince = Some.At.AddDays(1) });
        await AddAsync(host, crm, "limited", r => Working(r) with { Limitations = [new("Create", Some.At)] });

        var dead = await Search(host).FindAsync(TenantId.Default, new() { Attention = Attention.Reauthorise }, 0, 2, default);

        dead.Connections.Select(c => c.Record.DisplayName).ShouldBe(["new", "between"]);
        dead.Total.ShouldBe(3);
    }

    [StoreFact]
    public async Task Everything_is_counted_by_definition_health_and_need_and_follows_changes()
    {
        await using var host = await StartAsync();
        var crm = await DefineAsync(host, "crm", "Sales CRM");
        await AddAsync(host, crm, "one", Working);
        await AddAsync(host, crm, "two", r => Working(r) with { Owner = s_alice });
        var dead = await AddAsync(host, crm, "three", r => Dead(r) with { Owner = s_alice });
        await AddAsync(host, crm, "four", r => Dead(r) with { State = ConnectionState.Suspect });

        var all = await Search(host).CountAsync(TenantId.Default, (Owner?)null, default);
        var own = await Search(host).CountAsync(TenantId.Default, s_alice, default);
        var urgent = (await Search(host).CountUrgentAsync(TenantId.Default, null, default), await Search(host).CountUrgentAsync(TenantId.Default, Owner.Organisation, default));
        dead.Disconnected(Some.At);
        await host.Connections.TryUpdateAsync(dead, default);

        all.OrderBy(c => c.Attention).ShouldBe([new(crm.Id, Health.Green, Attention.None, 2), new(crm.Id, Health.Red, Attention.Reauthorise, 1), new(crm.Id, Health.Red, Attention.BeingChecked, 1)]);
        own.OrderBy(c => c.Attention).ShouldBe([new(crm.Id, Health.Green, Attention.None, 1), new(crm.Id, Health.Red, Attention.Reauthorise, 1)]);
        urgent.ShouldBe((1, 0));
        (await Search(host).CountUrgentAsync(TenantId.Default, null, default)).ShouldBe(0);
        (await Search(host).CountRejectedClientsAsync(TenantId.Default, default)).ShouldBe(0);
        await host.Connections.TryUpdateAsync(crm with { ClientFailure = Some.Failure }, default);
        (await Search(host).CountRejectedClientsAsync(TenantId.Default, default)).ShouldBe(1);
    }

    [StoreFact]
    public async Task A_list_is_narrowed_by_definitions_and_owners_and_its_healths_are_counted_whatever_health_is_shown()
    {
        await using var host = await StartAsync();
        var (crm, mail, chat) = (await DefineAsync(host, "crm", "Sales CRM"), await DefineAsync(host, "mail", "Mail"), await DefineAsync(host, "chat", "Chat"));
        await AddAsync(host, crm, "one", Working);
        await AddAsync(host, crm, "two", r => Working(r) with { Owner = s_alice });
        await AddAsync(host, mail, "three", r => Dead(r) with { Owner = s_alice });
        await AddAsync(host, chat, "four", Dead);
        async Task<string> FindAsync(ConnectionQuery query)
        {
            var found = await Search(host).FindAsync(TenantId.Default, query, 0, 10, default);
            var counts = await Search(host).CountAsync(TenantId.Default, query, default);
            return $"{string.Join(' ', found.Connections.Select(c => c.Record.DisplayName).Order())}; {string.Join(' ', counts.OrderBy(c => c.Key).Select(c => $"{c.Value} {c.Key}"))}";
        }

        (await FindAsync(new() { Definitions = [crm.Id, mail.Id] })).ShouldBe("one three two; 2 Green 1 Red");
        (await FindAsync(new() { Definitions = [] })).ShouldBe("; ");
        (await FindAsync(new() { OwnerKind = OwnerKind.User })).ShouldBe("three two; 1 Green 1 Red");
        (await FindAsync(new() { OwnerKind = OwnerKind.Organisation, Health = Health.Red })).ShouldBe("four; 1 Green 1 Red");
        (await FindAsync(new() { Owner = s_alice, Attention = Attention.Reauthorise, Definitions = [mail.Id] })).ShouldBe("three; 1 Red");
    }

    [StoreFact]
    public async Task Only_those_whose_owner_has_others_are_told_apart_by_their_default()
    {
        await using var host = await StartAsync();
        var (crm, mail) = (await DefineAsync(host, "crm", "Sales CRM"), await DefineAsync(host, "mail", "Mail"));
        var first = await AddAsync(host, crm, "one", Working);
        var second = await AddAsync(host, crm, "two", Working);
        await AddAsync(host, mail, "three", Working);
        await AddAsync(host, crm, "four", r => Working(r) with { Owner = s_alice });

        var found = await Search(host).FindAsync(TenantId.Default, new(), 0, 10, default);

        found.AmongSeveral.ShouldBe([first.Id, second.Id], ignoreOrder: true);
    }

    [StoreFact]
    public async Task A_list_goes_on_after_any_connection_in_the_order_of_creation()
    {
        await using var host = await StartAsync();
        var crm = await DefineAsync(host, "crm", "Sales CRM");
        List<ConnectionId> made = [];
        for (var i = 0; i < 5; i++)
            made.Add((await AddAsync(host, crm, $"{i}", Working, Some.At.AddMinutes(i))).Id);

        var first = await host.Connections.ListAsync(TenantId.Default, new(Most: 3), default);
        var rest = await host.Connections.ListAsync(TenantId.Default, new(After: first[^1].Id, Most: 3), default);

        first.Concat(rest).Select(c => c.Id).ShouldBe(made);
        rest.Count.ShouldBe(2);
    }

    private static IConnectionSearch Search(TestHost host) => host.Services.GetRequiredService<IConnectionSearch>();

    private static ConnectionRecord Working(ConnectionRecord record) => record with { Failure = null, SuspectSince = null, Limitations = [], RequestedScopes = null, MissingScopes = null };

    private static ConnectionRecord Dead(ConnectionRecord record) => record with { State = ConnectionState.ReauthorizationRequired, Failure = Some.Failure with { Kind = FailureKind.ModifiedCredentials } };

    private static async Task<ConnectionDefinition> DefineAsync(TestHost host, string key, string name, TenantId? tenant = null)
    {
        var definition = Some.Definition(key, tenant) with { DisplayName = name, ClientFailure = null };
        (await host.Connections.TryAddAsync(definition, default)).ShouldBeTrue();
        return definition;
    }

    private static async Task<Connection> AddAsync(TestHost host, ConnectionDefinition definition, string name, Func<ConnectionRecord, ConnectionRecord> change, DateTimeOffset? at = null)
    {
        var connection = new Connection(change(Some.Record(definition, at: at) with { DisplayName = name, AccountLabel = null }));
        await host.Connections.AddAsync(connection, default);
        return connection;
    }
}
