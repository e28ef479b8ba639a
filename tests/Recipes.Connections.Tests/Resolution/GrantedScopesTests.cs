namespace Recipes.Connections.Tests;

/// <summary>What actions need is held against what was granted, before anything runs.</summary>
public sealed class GrantedScopesTests
{
    [Theory]
    [InlineData("read write", "read write", null)]
    [InlineData("read", "read write", "write")]
    [InlineData("", "read write", "read write")]
    [InlineData("admin", "read write", null)]
    [InlineData("owner", "read write", null)]
    [InlineData("write", "read", "read")]
    [InlineData(null, "read write", null)]
    [InlineData("read", "", null)]
    public async Task What_is_known_to_be_missing_is_named(string? granted, string needed, string? lacking)
    {
        await using var harness = await StartAsync();
        await harness.DefineAsync("crm", "app", "oauth2", clientId: "client", scopes: ["read", "write"]);
        var id = await ImportAsync(harness, granted);

        var resolution = await ResolveAsync(harness, needed);

        if (lacking is null)
        {
            resolution.ShouldBeOfType<ConnectionResolution.Resolved>().Connections.Values.ShouldHaveSingleItem().Id.ShouldBe(id);
            return;
        }

        var missing = resolution.ShouldBeOfType<ConnectionResolution.Incomplete>().Missing.ShouldHaveSingleItem();
        missing.Scopes.ShouldBe(lacking.Split(' '));
        missing.Reason.ShouldContain($"{lacking.Replace(" ", ", ", StringComparison.Ordinal)}, which this recipe needs: authorise it again");
        missing.AuthorizePath.ShouldBe($"/connect/crm?connection={id}");
    }

    [Fact]
    public async Task Where_the_definition_does_not_ask_for_it_no_consent_would_help()
    {
        await using var harness = await StartAsync();
        await harness.DefineAsync("crm", "app", "oauth2", clientId: "client", scopes: ["read"]);
        await ImportAsync(harness, "read");

        var missing = (await ResolveAsync(harness, "read write")).ShouldBeOfType<ConnectionResolution.Incomplete>().Missing.ShouldHaveSingleItem();

        missing.Reason.ShouldContain("an operator has to add that");
        missing.AuthorizePath.ShouldBeNull();
        missing.Scopes.ShouldBe(["write"]);
    }

    private static Task<ConnectionsHarness> StartAsync() => ConnectionsHarness.StartAsync(new Profiles(new ConnectorProfile
    {
        Name = "app",
        DisplayName = "App",
        BaseAddress = FieldTemplate.Parse("https://app.example/"),
        Schemes =
        [
            new OAuth2Scheme
            {
                Name = "oauth2",
                DisplayName = "OAuth 2.0",
                AuthorizationEndpoint = FieldTemplate.Parse("https://app.example/authorize"),
                TokenEndpoint = FieldTemplate.Parse("https://app.example/token"),
                ClientAuthentication = ClientAuthentication.None,
                ScopeChoices = [new("read"), new("write"), new("admin", Includes: ["read", "write"]), new("owner", Includes: ["admin"])],
            },
        ],
    }), []);

    private static async Task<ConnectionId> ImportAsync(ConnectionsHarness harness, string? granted)
    {
        var tokens = new ImportedTokens { AccessToken = new(harness.NewSecret("access token")), Scopes = granted?.Split(' ', StringSplitOptions.RemoveEmptyEntries) };
        var made = await harness.Setup.CreateAsync(ConnectionsHarness.Operator, new() { DefinitionKey = "crm", Owner = Owner.Organisation, Tokens = tokens }, CancellationToken.None);
        return made.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Id;
    }

    private static async Task<ConnectionResolution> ResolveAsync(ConnectionsHarness harness, string needed) => await harness.Get<IConnectionResolver>().ResolveAsync(new()
    {
        Caller = ConnectionsHarness.Operator,
        Callable = true,
        Needs = [new(StableKey.Parse("crm")) { Scopes = needed.Split(' ', StringSplitOptions.RemoveEmptyEntries) }],
    }, CancellationToken.None);
}
