using Recipes.Connections;

namespace Recipes.Connectors.Tests;

/// <summary>What a file says of checks and of what actions need.</summary>
public sealed class CheckKeysTests
{
    private const string File = """
        connector: 1
        name: app
        displayName: App
        baseAddress: https://app.example
        checkEvery: 7200
        schemes:
          - type: oauth2
            authorizationEndpoint: https://app.example/authorize
            tokenEndpoint: https://app.example/token
            introspectionEndpoint: https://app.example/introspect
            tokenResponse: { refreshExpiresIn: limits.refresh }
            probe: { introspection: true }
            scopes:
              - tickets.read
              - { name: tickets, includes: [tickets.read, tickets.write] }
        errors:
          - { status: 200, contentType: text/html, kind: unavailable }
        actions:
          - name: CreateTicket
            scopes: [tickets.write]
            request: { method: POST, path: /tickets }
          - name: ListTickets
            request: { path: /tickets }
        """;

    [Fact]
    public void They_are_read()
    {
        using var files = new ConnectorFiles();
        files.Add("app.yaml", File);

        var catalogue = files.Load();

        catalogue.Faults.ShouldBeEmpty();
        var connector = catalogue.Find("app")!;
        connector.Profile.CheckEvery.ShouldBe(TimeSpan.FromHours(2));
        connector.Profile.Errors.ShouldHaveSingleItem().ContentType.ShouldBe("text/html");
        var scheme = connector.Profile.Schemes[0].ShouldBeOfType<OAuth2Scheme>();
        scheme.ProbesByIntrospection.ShouldBeTrue();
        scheme.TokenResponse.RefreshExpiresIn.ShouldBe(["limits.refresh"]);
        scheme.ScopeChoices[1].Includes.ShouldBe(["tickets.read", "tickets.write"]);
        connector.Actions.Select(a => a.Scopes.Count).ShouldBe([1, 0, 0]);
    }

    [Fact]
    public void A_scope_that_no_scheme_offers_is_a_fault()
    {
        using var files = new ConnectorFiles();
        files.Add("app.yaml", File.Replace("scopes: [tickets.write]", "scopes: [ticket.write]", StringComparison.Ordinal));

        files.Load().Faults.ShouldHaveSingleItem().Message.ShouldBe("no scheme offers a scope 'ticket.write'; did you mean 'tickets.write'?");
    }
}
