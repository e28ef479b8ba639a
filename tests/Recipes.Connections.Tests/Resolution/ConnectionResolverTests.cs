namespace Recipes.Connections.Tests;

public sealed class ConnectionResolverTests : IAsyncLifetime
{
    private static readonly UserId s_rep = UserId.Parse("rep");
    private static readonly UserId s_other = UserId.Parse("other");
    private static readonly StableKey s_key = StableKey.Parse("crm");
    private readonly string _secret = Recipes.Testing.Canaries.NewSecret("password");
    private ConnectionsHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await ConnectionsHarness.StartAsync(new Uri("https://docs.example/"));

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Required_binds_the_runtime_users_own_connection()
    {
        await DefineAsync(RuntimeUserPolicy.Required);
        await ConnectAsync(Owner.Organisation);
        var own = await ConnectAsync(Owner.Of(s_rep));

        var resolved = await ResolveAsync(Member(s_rep));

        Bound(resolved).ShouldBe((own, ConnectionChoice.RuntimeUser));
        ((ConnectionResolution.Resolved)resolved).RuntimeUser.ShouldBe(s_rep);
    }

    [Fact]
    public async Task Required_never_falls_through()
    {
        await DefineAsync(RuntimeUserPolicy.Required);
        await ConnectAsync(Owner.Organisation);
        await ConnectAsync(Owner.Of(s_other));

        var missing = Missing(await ResolveAsync(Member(s_rep)));

        missing.Key.ShouldBe(s_key);
        missing.AuthorizePath.ShouldBe("/connect/crm");
    }

    [Fact]
    public async Task Optional_falls_back_and_says_so()
    {
        await DefineAsync(RuntimeUserPolicy.Optional);
        var organisation = await ConnectAsync(Owner.Organisation);

        var resolved = await ResolveAsync(Member(s_rep));

        Bound(resolved).ShouldBe((organisation, ConnectionChoice.FellBackToOrganisation));
    }

    [Theory]
    [InlineData(RuntimeUserPolicy.Optional)]
    [InlineData(RuntimeUserPolicy.Required)]
    public async Task A_broken_connection_of_the_users_own_is_no_reason_to_fall_back(RuntimeUserPolicy policy)
    {
        await DefineAsync(policy);
        await ConnectAsync(Owner.Organisation);
        var own = await ConnectAsync(Owner.Of(s_rep));
        await ChangeAsync(own, c => c.Refused(Lost()));

        var missing = Missing(await ResolveAsync(Member(s_rep)));

        missing.AuthorizePath.ShouldBe($"/connect/crm?connection={own}");
    }

    [Fact]
    public async Task Optional_ignores_a_disconnected_connection_of_the_users_own()
    {
        await DefineAsync(RuntimeUserPolicy.Optional);
        var organisation = await ConnectAsync(Owner.Organisation);
        await ChangeAsync(await ConnectAsync(Owner.Of(s_rep)), c => c.Disconnected(default));

        Bound(await ResolveAsync(Member(s_rep))).Id.ShouldBe(organisation);
    }

    [Fact]
    public async Task A_recipe_that_nobody_called_has_nobody_to_fall_back_from()
    {
        await DefineAsync(RuntimeUserPolicy.Optional);
        await ConnectAsync(Owner.Of(ConnectionsHarness.Manager));
        var organisation = await ConnectAsync(Owner.Organisation);

        var resolved = await ResolveAsync(ConnectionsHarness.Operator, callable: false);

        Bound(resolved).ShouldBe((organisation, ConnectionChoice.Organisation));
    }

    [Fact]
    public async Task Required_cannot_be_met_without_a_callable_recipe()
    {
        await DefineAsync(RuntimeUserPolicy.Required);
        await ConnectAsync(Owner.Organisation);

        Missing(await ResolveAsync(ConnectionsHarness.Operator, callable: false)).AuthorizePath.ShouldBeNull();
    }

    [Fact]
    public async Task Off_uses_the_organisations_and_refuses_a_runtime_user()
    {
        await DefineAsync(RuntimeUserPolicy.Off);
        var organisation = await ConnectAsync(Owner.Organisation);
        await ConnectAsync(Owner.Of(s_rep));

        var resolved = await ResolveAsync(Member(s_rep));
        var refused = await ResolveAsync(Member(s_rep), runtimeUser: s_rep);

        Bound(resolved).ShouldBe((organisation, ConnectionChoice.Organisation));
        refused.ShouldBeOfType<ConnectionResolution.Forbidden>();
    }

    [Fact]
    public async Task A_recipe_may_tighten_the_policy_but_not_loosen_it()
    {
        await DefineAsync(RuntimeUserPolicy.Optional);
        await ConnectAsync(Owner.Organisation);

        var tightened = await ResolveAsync(Member(s_rep), policy: RuntimeUserPolicy.Required);
        await DefineAsync(RuntimeUserPolicy.Required, "strict");
        var loosened = await ResolveAsync(Member(s_rep), policy: RuntimeUserPolicy.Off, key: "strict");

        tightened.ShouldBeOfType<ConnectionResolution.Incomplete>();
        loosened.ShouldBeOfType<ConnectionResolution.Incomplete>();
    }

    [Fact]
    public async Task Naming_another_user_takes_a_privilege()
    {
        await DefineAsync(RuntimeUserPolicy.Required);
        var own = await ConnectAsync(Owner.Of(s_rep));

        var refused = await ResolveAsync(Member(s_other), runtimeUser: s_rep);
        var allowed = await ResolveAsync(Member(s_other) with { Privileges = Privileges.ActAsOtherUser }, runtimeUser: s_rep);

        refused.ShouldBeOfType<ConnectionResolution.Forbidden>();
        Bound(allowed).Id.ShouldBe(own);
    }

    [Fact]
    public async Task A_recipe_that_is_not_callable_takes_neither_user_nor_connections()
    {
        await DefineAsync(RuntimeUserPolicy.Optional);
        var organisation = await ConnectAsync(Owner.Organisation);

        var user = await ResolveAsync(Member(s_rep), runtimeUser: s_rep, callable: false);
        var connection = await ResolveAsync(Member(s_rep), explicitly: organisation, callable: false);

        user.ShouldBeOfType<ConnectionResolution.Forbidden>();
        connection.ShouldBeOfType<ConnectionResolution.Forbidden>();
    }

    [Theory]
    [InlineData(RuntimeUserPolicy.Off)]
    [InlineData(RuntimeUserPolicy.Optional)]
    [InlineData(RuntimeUserPolicy.Required)]
    public async Task An_explicit_connection_of_somebody_else_is_refused_in_the_words_for_one_that_does_not_exist(RuntimeUserPolicy policy)
    {
        await DefineAsync(policy);
        await DefineAsync(policy, "another");
        var others = await ConnectAsync(Owner.Of(s_other));
        var elsewhere = await ConnectAsync(Owner.Organisation, "another");
        var unknown = new ConnectionId(Guid.NewGuid());

        foreach (var id in (ConnectionId[])[others, elsewhere, unknown])
        {
            var forbidden = (await ResolveAsync(Member(s_rep), explicitly: id)).ShouldBeOfType<ConnectionResolution.Forbidden>();
            forbidden.Reason.ShouldBe($"There is no connection {id} that you may use as 'crm'.");
        }
    }

    [Fact]
    public async Task An_explicit_connection_is_used_where_the_policy_allows_it()
    {
        await DefineAsync(RuntimeUserPolicy.Optional);
        var organisation = await ConnectAsync(Owner.Organisation);
        var own = await ConnectAsync(Owner.Of(s_rep));

        Bound(await ResolveAsync(Member(s_rep), explicitly: organisation)).ShouldBe((organisation, ConnectionChoice.Explicit));
        Bound(await ResolveAsync(Member(s_rep), explicitly: own)).ShouldBe((own, ConnectionChoice.Explicit));
        (await ResolveAsync(Member(s_rep), explicitly: organisation, policy: RuntimeUserPolicy.Required)).ShouldBeOfType<ConnectionResolution.Forbidden>();
    }

    [Fact]
    public async Task Of_several_connections_the_default_is_used_and_without_one_all_are_named()
    {
        await DefineAsync(RuntimeUserPolicy.Off);
        var first = await ConnectAsync(Owner.Organisation);
        var second = await ConnectAsync(Owner.Organisation);

        var withDefault = await ResolveAsync(Member(s_rep));
        var record = (await _harness.ReadAsync(first)).Record;
        (await _harness.Store.TryUpdateAsync(new Connection(record with { IsDefault = false }), CancellationToken.None)).ShouldBeTrue();
        var without = Missing(await ResolveAsync(Member(s_rep)));

        Bound(withDefault).Id.ShouldBe(first);
        without.Choices.ShouldBe([first, second], ignoreOrder: true);
        without.AuthorizePath.ShouldBeNull();
    }

    [Fact]
    public async Task Connections_of_another_tenant_do_not_exist()
    {
        await DefineAsync(RuntimeUserPolicy.Off);
        var ours = await ConnectAsync(Owner.Organisation);
        var stranger = Member(s_rep) with { Tenant = TenantId.Parse("other") };

        (await ResolveAsync(stranger)).ShouldBeOfType<ConnectionResolution.Incomplete>();
        await _harness.Store.TryAddAsync((await _harness.DefinitionOfAsync(ours)) with { Id = new(Guid.NewGuid()), Tenant = stranger.Tenant }, CancellationToken.None);
        (await ResolveAsync(stranger)).ShouldBeOfType<ConnectionResolution.Incomplete>();
        (await ResolveAsync(stranger, explicitly: ours)).ShouldBeOfType<ConnectionResolution.Forbidden>();
    }

    [Fact]
    public async Task Everything_that_is_missing_is_told_at_once()
    {
        await DefineAsync(RuntimeUserPolicy.Required);
        var request = new ConnectionRequest { Caller = Member(s_rep), Callable = true, RuntimeUser = s_rep, Needs = [new(StableKey.Parse("unknown")), new(s_key)] };

        var resolution = await _harness.Get<IConnectionResolver>().ResolveAsync(request, CancellationToken.None);

        resolution.ShouldBeOfType<ConnectionResolution.Incomplete>().Missing.Select(m => m.Key.Value).ShouldBe(["unknown", "crm"]);
    }

    [Fact]
    public async Task Whatever_is_asked_no_call_binds_the_connection_of_another_user()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        UserId[] users = [s_rep, s_other, UserId.Parse("third")];
        var world = new Dictionary<ConnectionId, (StableKey Key, Owner Owner)>();
        var policies = Enum.GetValues<RuntimeUserPolicy>();
        foreach (var policy in policies)
        {
            var name = policy.ToString().ToLowerInvariant();
            await DefineAsync(policy, name);
            foreach (var owner in (Owner[])[Owner.Organisation, Owner.Organisation, .. users.Select(u => Owner.Of(u)), Owner.Of(s_other)])
                world[await ConnectAsync(owner, name)] = (StableKey.Parse(name), owner);
        }

        ConnectionId[] ids = [.. world.Keys, new(Guid.NewGuid())];
        var bound = 0;
        for (var round = 0; round < 3000; round++)
        {
            T Any<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];
            var needs = policies.Where(_ => random.Next(2) == 0).Select(p => new ConnectionNeed(StableKey.Parse(p.ToString().ToLowerInvariant()), Any<RuntimeUserPolicy?>([null, .. policies.Cast<RuntimeUserPolicy?>()]))).ToList();
            var caller = new Caller(TenantId.Default, Any(users), Any([Privileges.None, Privileges.Member, Privileges.ActAsOtherUser, Privileges.ManageConnections, Privileges.Operator]));
            var request = new ConnectionRequest
            {
                Caller = caller,
                Callable = random.Next(4) > 0,
                RuntimeUser = Any<UserId?>([null, null, .. users.Cast<UserId?>()]),
                Needs = needs,
                Overrides = needs.Where(_ => random.Next(3) == 0).ToDictionary(n => n.Key, _ => Any(ids)),
            };
            if (await _harness.Get<IConnectionResolver>().ResolveAsync(request, CancellationToken.None) is not ConnectionResolution.Resolved resolved)
                continue;
            var user = request.RuntimeUser ?? caller.User;
            if (user != caller.User)
                caller.Has(Privileges.ActAsOtherUser).ShouldBeTrue($"seed {seed}, round {round}");
            resolved.Connections.Count.ShouldBe(needs.Count);
            foreach (var need in needs)
            {
                bound++;
                var (key, owner) = world[resolved.Connections[need.Key].Id];
                key.ShouldBe(need.Key);
                var required = need.Policy == RuntimeUserPolicy.Required || need.Key.Value == "required";
                (owner.Is(user) || (!required && owner == Owner.Organisation)).ShouldBeTrue($"seed {seed}, round {round}: {need} bound a connection of {owner} for {user}");
            }
        }

        bound.ShouldBeGreaterThan(300, $"seed {seed}");
    }

    private static Caller Member(UserId user) => new(TenantId.Default, user, Privileges.Member);

    private static Failure Lost() => new() { Kind = FailureKind.ModifiedCredentials, Message = "Refused.", At = default };

    private static (ConnectionId Id, ConnectionChoice Choice) Bound(ConnectionResolution resolution)
    {
        var bound = resolution.ShouldBeOfType<ConnectionResolution.Resolved>().Connections.Values.ShouldHaveSingleItem();
        return (bound.Id, bound.Choice);
    }

    private static MissingConnection Missing(ConnectionResolution resolution) => resolution.ShouldBeOfType<ConnectionResolution.Incomplete>().Missing.ShouldHaveSingleItem();

    private Task<ConnectionDefinition> DefineAsync(RuntimeUserPolicy policy, string key = "crm") => _harness.DefineAsync(key, "docs", "basic", policy);

    private Task<ConnectionId> ConnectAsync(Owner owner, string key = "crm") => _harness.ConnectAsync(key, new() { ["username"] = "u", ["password"] = _secret }, owner);

    private async Task ChangeAsync(ConnectionId id, Action<Connection> change)
    {
        var connection = await _harness.ReadAsync(id);
        change(connection);
        (await _harness.Store.TryUpdateAsync(connection, CancellationToken.None)).ShouldBeTrue();
    }

    private async Task<ConnectionResolution> ResolveAsync(
        Caller caller, UserId? runtimeUser = null, bool callable = true, ConnectionId? explicitly = null, RuntimeUserPolicy? policy = null, string key = "crm") =>
        await _harness.Get<IConnectionResolver>().ResolveAsync(new()
        {
            Caller = caller,
            Callable = callable,
            RuntimeUser = runtimeUser,
            Needs = [new(StableKey.Parse(key), policy)],
            Overrides = explicitly is { } id ? new Dictionary<StableKey, ConnectionId> { [StableKey.Parse(key)] = id } : new Dictionary<StableKey, ConnectionId>(),
        }, CancellationToken.None);
}
