using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class TokenImportTests(OidcFixture oidc) : IClassFixture<OidcFixture>
{
    private static readonly Caller s_member = new(TenantId.Default, UserId.Parse("rep"), Privileges.Member);
    private static readonly Dictionary<string, Secret> s_nothing = [];

    [NodeFact]
    public async Task Tokens_that_were_got_elsewhere_are_used_and_renewed()
    {
        await using var harness = await ConsentApp.StartAsync(oidc.Provider);
        var first = await ConsentApp.ConsentAsync(harness, oidc.Provider, []);
        var tokens = (await harness.CredentialAsync(first)).Tokens!;
        var key = (await harness.DefinitionOfAsync(first)).Key.Value;
        var brought = new ImportedTokens { AccessToken = tokens.AccessToken, RefreshToken = tokens.RefreshToken, ExpiresAt = DateTimeOffset.UnixEpoch, Scopes = ["api:read"], Values = new Dictionary<string, Secret> { ["session"] = new(harness.NewSecret("session")) } };

        var made = await harness.Setup.CreateAsync(ConnectionsHarness.Operator, new() { DefinitionKey = key, Owner = Owner.Organisation, Tokens = brought, Fields = new Dictionary<string, Secret> { ["site"] = new("north") } }, CancellationToken.None);
        var connection = made.ShouldBeOfType<SetupResult<Connection>.Done>().Value;
        var reply = await harness.SendAsync(connection.Id, "api/read");

        connection.State.ShouldBe(ConnectionState.Connected);
        connection.Record.Fields["site"].ShouldBe("north");
        connection.Record.GrantedScopes.ShouldBe(["api:read"]);
        reply.Failure.ShouldBeNull();
        var after = (await harness.CredentialAsync(connection.Id)).Tokens!;
        after.AccessToken.ShouldNotBe(tokens.AccessToken);
    }

    [NodeFact]
    public async Task An_existing_connection_is_connected_by_its_owner_alone()
    {
        await using var harness = await ConsentApp.StartAsync(oidc.Provider);
        await harness.DefineAsync("crm", "oidc", "basic", clientId: "one");
        var id = await harness.ConnectAsync("crm", [], Owner.Of(s_member.User));
        var tokens = new ImportedTokens { AccessToken = new(harness.NewSecret("access token")), ExpiresIn = 3600 };

        var byStranger = await harness.Setup.ImportTokensAsync(s_member with { User = UserId.Parse("stranger") }, id, tokens, s_nothing, CancellationToken.None);
        var own = await harness.Setup.ImportTokensAsync(s_member, id, tokens, s_nothing, CancellationToken.None);
        var organisations = await harness.Setup.CreateAsync(s_member, new() { DefinitionKey = "crm", Owner = Owner.Organisation, Tokens = tokens }, CancellationToken.None);

        byStranger.ShouldBeOfType<SetupResult<Connection>.NotFound>();
        own.ShouldBeOfType<SetupResult<Connection>.Done>().Value.State.ShouldBe(ConnectionState.Connected);
        organisations.ShouldBeOfType<SetupResult<Connection>.Forbidden>();
    }

    [NodeFact]
    public async Task What_is_wrong_with_tokens_is_told_by_field_and_shows_none_of_them()
    {
        var clock = new TestClock();
        await using var harness = await ConsentApp.StartAsync(oidc.Provider, clock);
        await harness.DefineAsync("crm", "oidc", "basic", clientId: "one");
        var token = new Secret(harness.NewSecret("access token"));
        var past = clock.GetUtcNow().AddSeconds(-1);

        (await FaultsAsync(harness, new())).ShouldBe(["tokens.accessToken"]);
        (await FaultsAsync(harness, new() { AccessToken = new($"{token.Reveal()}\n"), RefreshToken = new($"{token.Reveal()} x") })).ShouldBe(["tokens.accessToken", "tokens.refreshToken"]);
        (await FaultsAsync(harness, new() { AccessToken = token, ExpiresAt = past })).ShouldBe(["tokens.expiresAt"]);
        (await FaultsAsync(harness, new() { AccessToken = token, RefreshToken = token, ExpiresAt = past })).ShouldBeEmpty();
        (await FaultsAsync(harness, new() { AccessToken = token, ExpiresIn = 0 })).ShouldBe(["tokens.expiresIn"]);
        (await FaultsAsync(harness, new() { AccessToken = token, ExpiresIn = long.MaxValue })).ShouldBe(["tokens.expiresIn"]);
        (await FaultsAsync(harness, new() { AccessToken = token, ExpiresIn = 60, ExpiresAt = past.AddDays(1) })).ShouldBe(["tokens.expiresIn"]);
        (await FaultsAsync(harness, new() { AccessToken = token, TokenSecret = token })).ShouldBe(["tokens.tokenSecret"]);
        (await FaultsAsync(harness, new() { AccessToken = token, Scopes = ["a", "b c", null!] })).ShouldBe(["tokens.scopes.1", "tokens.scopes.2"]);
        (await FaultsAsync(harness, new() { AccessToken = token, Values = new Dictionary<string, Secret> { ["other"] = token, ["session"] = new("NO") } })).ShouldBe(["tokens.values.other", "tokens.values.session"]);
        (await FaultsAsync(harness, new() { AccessToken = token }, ("site", "//evil.example"))).ShouldBe(["fields.site"]);
        (await FaultsAsync(harness, new() { AccessToken = token }, ("server", "http://10.0.0.1/"))).ShouldBe(["fields.server"]);
    }

    [NodeFact]
    public async Task Where_values_are_filled_in_no_tokens_are_taken()
    {
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(Profiles.Docs(new("https://app.example/"))), []);
        await harness.DefineAsync("docs", "docs", "basic");

        var faults = await FaultsAsync(harness, new() { AccessToken = new(harness.NewSecret("access token")) }, "docs", ("username", "u"), ("password", harness.NewSecret("password")));

        faults.ShouldBe(["tokens"]);
    }

    private static Task<IReadOnlyList<string>> FaultsAsync(ConnectionsHarness harness, ImportedTokens tokens, params (string Name, string Value)[] fields) => FaultsAsync(harness, tokens, "crm", fields);

    private static async Task<IReadOnlyList<string>> FaultsAsync(ConnectionsHarness harness, ImportedTokens tokens, string key, params (string Name, string Value)[] fields)
    {
        var result = await harness.Setup.CreateAsync(ConnectionsHarness.Operator, new() { DefinitionKey = key, Owner = Owner.Organisation, Tokens = tokens, Fields = fields.ToDictionary(f => f.Name, f => new Secret(f.Value)) }, CancellationToken.None);
        var faults = (result as SetupResult<Connection>.Invalid)?.Faults ?? [];
        foreach (var fault in faults)
            harness.Shown(fault.Message);
        return [.. faults.Select(f => f.Path)];
    }
}
