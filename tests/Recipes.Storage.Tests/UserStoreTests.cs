using System.Security.Cryptography;
using Recipes.Connections;

namespace Recipes.Storage.Tests;

public abstract class UserStoreTests : StoreTests
{
    [StoreFact]
    public async Task A_user_comes_back_as_stored_and_in_its_tenant_only()
    {
        await using var host = await StartAsync();
        var bob = new User(TenantId.Default, Some.Bob, "Bob", Privileges.None, Some.At);
        var alice = new User(TenantId.Default, Some.Alice, "Alice", Privileges.Operator, Some.At);
        var namesake = new User(Some.OtherTenant, Some.Alice, "Another Alice", Privileges.Member, Some.At);

        foreach (var user in new[] { bob, alice, namesake })
            (await host.Users.TryAddAsync(user, default)).ShouldBeTrue();

        (await host.Users.TryAddAsync(alice with { DisplayName = "Not Alice" }, default)).ShouldBeFalse();
        (await host.Users.FindAsync(TenantId.Default, Some.Alice, default)).ShouldBe(alice);
        (await host.Users.FindAsync(Some.OtherTenant, Some.Alice, default)).ShouldBe(namesake);
        (await host.Users.FindAsync(Some.OtherTenant, Some.Bob, default)).ShouldBeNull();
        (await host.Users.ListAsync(TenantId.Default, default)).ShouldBe([alice, bob]);
    }

    [StoreFact]
    public async Task A_token_leads_to_its_own_user_by_its_hash()
    {
        await using var host = await StartAsync();
        var alice = new User(TenantId.Default, Some.Alice, "Alice", Privileges.Operator, Some.At);
        var namesake = new User(Some.OtherTenant, Some.Alice, "Another Alice", Privileges.Member, Some.At);
        await host.Users.TryAddAsync(alice, default);
        await host.Users.TryAddAsync(namesake, default);
        var (hash, foreign) = (SHA256.HashData("a"u8), SHA256.HashData("b"u8));

        await host.Users.AddAsync(new ApiToken(Guid.CreateVersion7(Some.At), TenantId.Default, Some.Alice, hash, "first", Some.At), default);
        await host.Users.AddAsync(new ApiToken(Guid.CreateVersion7(Some.At), Some.OtherTenant, Some.Alice, foreign, "first", Some.At), default);

        (await host.Users.FindByTokenAsync(hash, default)).ShouldBe(alice);
        (await host.Users.FindByTokenAsync(foreign, default)).ShouldBe(namesake);
        (await host.Users.FindByTokenAsync(SHA256.HashData("c"u8), default)).ShouldBeNull();
    }

    [StoreFact]
    public async Task A_removed_token_leads_to_nobody_and_only_its_own_user_has_it()
    {
        await using var host = await StartAsync();
        foreach (var user in new[] { (TenantId.Default, Some.Alice), (TenantId.Default, Some.Bob), (Some.OtherTenant, Some.Alice) })
            await host.Users.TryAddAsync(new(user.Item1, user.Item2, "Someone", Privileges.Member, Some.At), default);
        var first = new ApiToken(Guid.CreateVersion7(Some.At), TenantId.Default, Some.Alice, SHA256.HashData("a"u8), "first", Some.At);
        var second = new ApiToken(Guid.CreateVersion7(Some.At), TenantId.Default, Some.Alice, SHA256.HashData("b"u8), "second", Some.At.AddHours(1));
        await host.Users.AddAsync(second, default);
        await host.Users.AddAsync(first, default);

        (await host.Users.TryRemoveTokenAsync(TenantId.Default, Some.Bob, first.Id, default)).ShouldBeFalse();
        (await host.Users.TryRemoveTokenAsync(Some.OtherTenant, Some.Alice, first.Id, default)).ShouldBeFalse();
        (await host.Users.ListTokensAsync(TenantId.Default, Some.Alice, default)).Select(t => t.Label).ShouldBe(["first", "second"]);
        (await host.Users.TryRemoveTokenAsync(TenantId.Default, Some.Alice, first.Id, default)).ShouldBeTrue();

        (await host.Users.TryRemoveTokenAsync(TenantId.Default, Some.Alice, first.Id, default)).ShouldBeFalse();
        (await host.Users.FindByTokenAsync(first.Hash, default)).ShouldBeNull();
        (await host.Users.FindByTokenAsync(second.Hash, default)).ShouldNotBeNull();
        (await host.Users.ListTokensAsync(TenantId.Default, Some.Alice, default)).ShouldHaveSingleItem().Id.ShouldBe(second.Id);
        (await host.Users.ListTokensAsync(Some.OtherTenant, Some.Alice, default)).ShouldBeEmpty();
    }

    [StoreFact]
    public async Task Nobody_can_sign_in_until_a_user_has_a_token()
    {
        await using var host = await StartAsync();
        await host.Users.TryAddAsync(new(TenantId.Default, Some.Alice, "Alice", Privileges.Operator, Some.At), default);

        (await host.Users.AnyTokenAsync(default)).ShouldBeFalse();
        await host.Users.AddAsync(new ApiToken(Guid.CreateVersion7(Some.At), TenantId.Default, Some.Alice, SHA256.HashData("a"u8), "first", Some.At), default);

        (await host.Users.AnyTokenAsync(default)).ShouldBeTrue();
    }

    [StoreFact]
    public async Task What_was_granted_is_stored_privilege_by_privilege()
    {
        await using var host = await StartAsync();

        await host.Users.TryAddAsync(new(TenantId.Default, Some.Alice, "Alice", Privileges.CreateConnections | Privileges.ViewAllRuns, Some.At), default);

        (await QueryAsync("SELECT privileges FROM users")).ShouldBe(["CreateConnections, ViewAllRuns"]);
    }

    [StoreFact]
    public async Task Name_and_address_of_one_user_can_be_changed_and_nothing_else()
    {
        await using var host = await StartAsync();
        var alice = new User(TenantId.Default, Some.Alice, "Alice", Privileges.Member, Some.At) { Email = "alice@example.com" };
        var namesake = alice with { Tenant = Some.OtherTenant };
        await host.Users.TryAddAsync(alice, default);
        await host.Users.TryAddAsync(namesake, default);

        (await host.Users.TryChangeAsync(TenantId.Default, Some.Alice, "Ally", null, default)).ShouldBeTrue();
        (await host.Users.TryChangeAsync(TenantId.Default, Some.Bob, "Bob", null, default)).ShouldBeFalse();

        (await host.Users.FindAsync(TenantId.Default, Some.Alice, default)).ShouldBe(alice with { DisplayName = "Ally", Email = null });
        (await host.Users.FindAsync(Some.OtherTenant, Some.Alice, default)).ShouldBe(namesake);
    }
}
