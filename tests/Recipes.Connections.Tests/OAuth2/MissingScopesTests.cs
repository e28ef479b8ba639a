using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>What is needed against what was granted.</summary>
public sealed class MissingScopesTests(OidcFixture oidc) : IClassFixture<OidcFixture>
{
    [NodeFact]
    public async Task What_a_test_learns_of_the_access_is_kept()
    {
        var provider = oidc.Provider;
        await using var harness = await ConnectionsHarness.StartAsync(provider, Profiles.Changed(provider, s => s with { IntrospectionEndpoint = FieldTemplate.Parse(provider.IntrospectionEndpoint.AbsoluteUri) }));
        var id = await harness.ConsentAsync(provider);
        var granted = (await harness.ReadAsync(id)).Record.GrantedScopes;
        var outdated = await harness.ReadAsync(id);
        outdated.AccessTold(["openid"], TimeProvider.System.GetUtcNow());
        (await harness.Get<IConnectionStore>().TryUpdateAsync(outdated, CancellationToken.None)).ShouldBeTrue();
        var before = ScopeSelection.Missing((await harness.ReadAsync(id)).Record);

        var (result, standing) = await harness.Get<Prober>().TestAsync(id, Actor.Of(ConnectionsHarness.Operator.User), CancellationToken.None);

        result.ShouldBeOfType<ProbeResult.Passed>();
        standing!.Scopes.ShouldBe(granted, ignoreOrder: true);
        before.ShouldContain("api:read");
        var record = (await harness.ReadAsync(id)).Record;
        record.GrantedScopes.ShouldBe(granted, ignoreOrder: true);
        ScopeSelection.Missing(record).ShouldBeEmpty();
    }

    [NodeFact]
    public async Task What_a_granted_scope_contains_is_not_missing_but_what_the_definition_or_the_provider_needs_is()
    {
        await using var harness = await ConnectionsHarness.StartAsync(oidc.Provider);
        var id = await harness.ConsentAsync(oidc.Provider);
        var connection = await harness.ReadAsync(id);
        var definition = (await harness.DefinitionOfAsync(id)) with { Scopes = ["write", "audit"] };
        var scheme = (OAuth2Scheme)Profiles.Oidc(oidc.Provider).Schemes[0] with
        {
            ScopeChoices = [new("all", Includes: ["write"]), new("write", Includes: ["read"]), new("read"), new("audit"), new("sign-in", Required: true)],
        };
        connection = new Connection(connection.Record with { GrantedScopes = ["all"], RequestedScopes = ["all", "read", "export"] });

        connection.Compared(scheme, definition);
        // It offers them, and they were left out on purpose.
        var chosen = ScopeSelection.Missing(connection.Record);
        connection.Compared(scheme, definition, ["write", "audit"]);
        var compared = (ScopeSelection.Missing(connection.Record), connection.Attention);
        connection.AccessTold(["all", "audit", "export", "sign-in"], TimeProvider.System.GetUtcNow());
        connection.Compared(scheme, definition);

        chosen.ShouldBe(["sign-in", "export"]);
        compared.Item1.ShouldBe(["sign-in", "export", "audit"]);
        compared.Attention.ShouldBe(Attention.Limited);
        ScopeSelection.Missing(connection.Record).ShouldBeEmpty();
        connection.Attention.ShouldBe(Attention.None);
    }
}
