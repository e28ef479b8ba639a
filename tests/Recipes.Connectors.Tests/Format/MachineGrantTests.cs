using Recipes.Connections;

namespace Recipes.Connectors.Tests;

/// <summary>How connector files declare grants that take no person.</summary>
public sealed class MachineGrantTests
{
    private const string Exchange = """
        connector: 1
        name: my-app
        displayName: My app
        baseAddress: https://my.app
        schemes:
          - type: oauth2
            grant: tokenExchange
            tokenEndpoint: https://my.app/token
            fields:
              - { name: subjectToken, label: Token, kind: secret }
              - { name: service, label: Service, required: false }
            subjectToken: "{{secrets.subjectToken}}"
            subjectTokenType: urn:ietf:params:oauth:token-type:jwt
            requestedTokenType: urn:ietf:params:oauth:token-type:access_token
            audience: "{{fields.service}}"
            tokenResponse:
              errors:
                - { status: 200, bodyPath: code, pattern: "^40105$", kind: clientRejected }
        """;

    [Fact]
    public void A_token_exchange_says_which_token_is_exchanged_for_which()
    {
        using var files = new ConnectorFiles();
        files.Add("my-app.yaml", Exchange);

        var catalogue = files.Load();

        catalogue.Faults.ShouldBeEmpty();
        var scheme = catalogue.Find("my-app")!.Profile.Schemes.ShouldHaveSingleItem().ShouldBeOfType<OAuth2Scheme>();
        var rules = scheme.TokenExchange.ShouldNotBeNull();
        (rules.SubjectToken.Source, rules.SubjectTokenType!.Source).ShouldBe(("{{secrets.subjectToken}}", "urn:ietf:params:oauth:token-type:jwt"));
        (rules.RequestedTokenType!.Source, rules.Audience!.Source).ShouldBe(("urn:ietf:params:oauth:token-type:access_token", "{{fields.service}}"));
        scheme.TokenResponse.Errors.ShouldHaveSingleItem().Kind.ShouldBe(FailureKind.ClientRejected);
        (scheme.AcquiresTokens, scheme.NeedsConsent, scheme.NeedsClient).ShouldBe((true, false, true));
    }

    [Theory]
    [InlineData("    subjectToken: \"{{secrets.subjectToken}}\"\n", "", "'subjectToken' is missing: it says which token is exchanged")]
    [InlineData("grant: tokenExchange", "grant: clientCredentials", "'audience' belongs to the grant tokenExchange.")]
    [InlineData("grant: tokenExchange", "grant: jwtBearer", "'assertion' is missing: the JWT bearer grant sends one.")]
    [InlineData("{{secrets.subjectToken}}", "{{tokens.accessToken}}", "'tokens' has no values here")]
    [InlineData("bodyPath: code, ", "bodyPth: code, ", "unknown key 'bodyPth'; did you mean 'bodyPath'?")]
    public void What_does_not_fit_is_told(string text, string instead, string fault)
    {
        using var files = new ConnectorFiles();
        files.Add("my-app.yaml", Exchange.Replace("\r", "", StringComparison.Ordinal).Replace(text, instead, StringComparison.Ordinal));

        string.Join('\n', files.Load().Faults).ShouldContain(fault);
    }

    [Fact]
    public void A_service_account_needs_no_client()
    {
        using var files = new ConnectorFiles();
        files.Add("my-app.yaml", """
            connector: 1
            name: my-app
            displayName: My app
            baseAddress: https://my.app
            schemes:
              - type: oauth2
                grant: jwtBearer
                clientAuthentication: none
                tokenEndpoint: https://my.app/token
                fields:
                  - { name: email, label: Account }
                  - { name: key, label: Private key, kind: secret, multiline: true }
                assertion: { keyField: key, issuer: "{{fields.email}}", scopeClaim: scope }
            """);

        var catalogue = files.Load();

        catalogue.Faults.ShouldBeEmpty();
        catalogue.Find("my-app")!.Profile.Schemes.ShouldHaveSingleItem().NeedsClient.ShouldBeFalse();
    }

    [Fact]
    public void The_generic_connector_offers_client_credentials_in_three_ways()
    {
        var schemes = ConnectorCatalogue.Load([]).Find("oauth2")!.Profile.Schemes.OfType<OAuth2Scheme>().Where(s => s.Grant == OAuth2Grant.ClientCredentials).ToDictionary(s => s.Name);

        schemes.Keys.ShouldBe(["client-credentials", "client-credentials-body", "client-credentials-own"]);
        schemes["client-credentials-own"].NeedsClient.ShouldBeFalse();
        schemes.Values.ShouldAllBe(s => s.RevocationEndpoint!.RenderOrNull(new Dictionary<string, string>()) == null);
    }
}
