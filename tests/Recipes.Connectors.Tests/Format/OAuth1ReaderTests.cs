using Recipes.Connections;

namespace Recipes.Connectors.Tests;

public sealed class OAuth1ReaderTests
{
    private const string Whole = """
          - type: oauth1
            requestTokenEndpoint: https://{{fields.host}}/oauth/request_token
            authorizationEndpoint: https://{{fields.host}}/oauth/authorize
            accessTokenEndpoint: https://{{fields.host}}/oauth/access_token
            signatureMethod: RSA-SHA256
            parametersIn: query
            realm: "{{fields.host}}"
            bodyHash: true
            requestTokenParameters: { scope: read }
            authorizationParameters: { name: Recipes }
            accessTokenParameters: { hint: "{{client.id}}" }
            fields: [{ name: account, label: Account, automatic: true }]
            capture: [{ field: account, from: callback, path: account, pattern: "[0-9]+" }]
        """;

    [Fact]
    public void Everything_that_a_file_says_is_read()
    {
        var scheme = Load(Whole).ShouldBeOfType<OAuth1Scheme>();

        scheme.Name.ShouldBe("oauth1");
        (scheme.Flow, scheme.SignatureMethod, scheme.ParametersIn, scheme.BodyHash).ShouldBe((OAuth1Flow.ThreeLegged, OAuth1SignatureMethod.RsaSha256, OAuth1ParameterLocation.Query, true));
        scheme.Addresses.Select(a => a.What).ShouldBe(["request token endpoint", "authorization endpoint", "access token endpoint"]);
        scheme.Realm!.Source.ShouldBe("{{fields.host}}");
        scheme.RequestTokenParameters.ShouldHaveSingleItem().Key.ShouldBe("scope");
        scheme.AuthorizationParameters.ShouldHaveSingleItem().Key.ShouldBe("name");
        scheme.AccessTokenParameters.ShouldHaveSingleItem().Key.ShouldBe("hint");
        scheme.Captures.ShouldHaveSingleItem().From.ShouldBe(CaptureSource.Callback);
        (scheme.NeedsConsent, scheme.NeedsClient, scheme.AcquiresTokens).ShouldBe((true, true, false));
    }

    [Fact]
    public void Fields_that_a_flow_needs_are_added()
    {
        var token = Load("  - { type: oauth1, flow: token, consumerKeyField: key, consumerSecretField: keySecret }").ShouldBeOfType<OAuth1Scheme>();
        var xAuth = Load("  - { type: oauth1, flow: xAuth, accessTokenEndpoint: https://app.example/token }").ShouldBeOfType<OAuth1Scheme>();
        var twoLegged = Load("  - { type: oauth1, flow: twoLegged }").ShouldBeOfType<OAuth1Scheme>();

        token.Fields.Select(f => (f.Name, f.Kind)).ShouldBe([("key", FieldKind.Text), ("keySecret", FieldKind.Secret), ("token", FieldKind.Secret), ("tokenSecret", FieldKind.Secret)]);
        token.NeedsClient.ShouldBeFalse();
        xAuth.Fields.Select(f => f.Name).ShouldBe(["username", "password"]);
        (xAuth.AcquiresTokens, xAuth.NeedsClient).ShouldBe((true, true));
        twoLegged.Fields.ShouldBeEmpty();
    }

    [Fact]
    public void A_plain_text_secret_goes_only_where_the_definition_says()
    {
        var profile = LoadProfile("  - { type: oauth1, flow: twoLegged, signatureMethod: PLAINTEXT }");

        profile.AddressesOf(profile.Schemes[0]).ShouldHaveSingleItem().TakesClientSecret.ShouldBeTrue();
    }

    [Theory]
    [InlineData("requestTokenEndpoint: https", "requestTokenEndpiont: https", "9:5: unknown key 'requestTokenEndpiont'; did you mean 'requestTokenEndpoint'?")]
    [InlineData("    accessTokenEndpoint: https://{{fields.host}}/oauth/access_token\n", "", "'accessTokenEndpoint' is missing: this flow asks there for a token.")]
    [InlineData("RSA-SHA256", "RSA-SHA384", "12:22: 'signatureMethod' cannot be 'RSA-SHA384'; there are HMAC-SHA1, HMAC-SHA256")]
    [InlineData("parametersIn: query", "parametersIn: head", "'parametersIn' cannot be 'head'")]
    [InlineData("type: oauth1", "type: oauth1\n    flow: twoLeged", "'flow' cannot be 'twoLeged'; did you mean 'twoLegged'?")]
    [InlineData("type: oauth1", "type: oauth1\n    flow: twoLegged", "'requestTokenEndpoint' has no meaning in this flow.")]
    [InlineData("type: oauth1", "type: oauth1\n    consumerKeyField: key", "'consumerKeyField' and 'consumerSecretField' go together")]
    [InlineData("type: oauth1", "type: oauth1\n    tokenField: t", "'tokenField' has no meaning in this flow.")]
    [InlineData("RSA-SHA256", "PLAINTEXT", "15:15: PLAINTEXT signs nothing")]
    [InlineData("realm: \"{{fields.host}}\"", "realm: \"{{fields.hots}}\"", "there is no field 'hots' here; did you mean 'host'?")]
    [InlineData("name: Recipes", "name: \"{{client.secret}}\"", null)]
    public void A_fault_is_told_with_its_place(string found, string replaced, string? expected)
    {
        using var files = new ConnectorFiles();
        var text = Head + Whole;
        text.ShouldContain(found);
        files.Add("app.yaml", text.Replace(found, replaced, StringComparison.Ordinal));

        var faults = files.Load().Faults.Select(f => $"{f.Line}:{f.Column}: {f.Message}").ToList();

        if (expected is null)
            faults.ShouldBeEmpty();
        else
            faults.ShouldContain(f => f.Contains(expected, StringComparison.Ordinal), string.Join('\n', faults));
    }

    private const string Head = """
        connector: 1
        name: my-app
        displayName: My app
        baseAddress: https://{{fields.host}}/api
        fields:
          - { name: host, label: Host }
        schemes:

        """;

    private static AuthScheme Load(string scheme) => LoadProfile(scheme).Schemes.ShouldHaveSingleItem();

    private static ConnectorProfile LoadProfile(string scheme)
    {
        using var files = new ConnectorFiles();
        files.Add("app.yaml", Head + scheme);
        var catalogue = files.Load();
        catalogue.Faults.ShouldBeEmpty();
        return catalogue.Find("my-app")!.Profile;
    }
}
