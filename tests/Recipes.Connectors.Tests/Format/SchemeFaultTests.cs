namespace Recipes.Connectors.Tests;

/// <summary>What is wrong in a scheme is told with its place.</summary>
public sealed class SchemeFaultTests
{
    [Theory]
    [InlineData("{ type: custom, fields: [{ name: key, label: Key, kind: secret }] }", "6:5: 'apply' is missing: it says what is made of the fields.")]
    [InlineData("{ type: none, apply: { header: { X: y } } }", "6:28: unknown key 'header'; did you mean 'headers'?")]
    [InlineData("{ type: apiKey, in: path, parameterName: x }", "6:46: a key in the path has no name")]
    [InlineData("{ type: apiKey, in: query, parameterName: x, prefix: y }", "6:58: 'prefix' goes with a key in a header or in the path only.")]
    [InlineData("{ type: digest, usernamField: x }", "6:21: unknown key 'usernamField'; did you mean 'usernameField'?")]
    [InlineData("{ type: basic, revoke: { method: DELETE } }", "'path' is missing.")]
    [InlineData("{ type: basic, revoke: { path: /x, header: { X: y } } }", "unknown key 'header'; did you mean 'headers'?")]
    [InlineData("{ type: basic, revoke: { path: /x, headers: { X: \"{{tokens.acessToken}} {{client.id}}\" } } }", "'client' has no values here")]
    [InlineData("{ type: login }", "'login' is missing: the call that brings the token.")]
    [InlineData("{ type: login, login: { path: /x } }", "where the token is has to be said once")]
    [InlineData("{ type: login, login: { path: /x, token: t, tokenCookie: c } }", "6:62: where the token is has to be said once")]
    [InlineData("{ type: login, login: { path: /x, token: t, body: { a: \"{{secrets.pasword}}\" } } }", "6:60: bad template: there is no secret field 'pasword' here")]
    [InlineData("{ type: login, login: { path: /x, token: t, body: { a: [\"{{tokens.x}}\"] } } }", "'tokens' has no values here")]
    [InlineData("{ type: login, login: { path: /x, token: t, body: \"{{values.x}}\", bodyType: text } }", "there is no value 'x' before this place")]
    [InlineData("{ type: login, login: { path: /x, token: t, contentType: text/xml } }", "'contentType' goes with 'bodyType: text' only.")]
    [InlineData("{ type: login, login: { path: /x, token: t, headers: { \"a b\": c } } }", "'a b' is no name of a header.")]
    [InlineData("{ type: login, login: { path: /x, token: t, capture: [{ secret: a }] } }", "where the value is has to be said once")]
    [InlineData("{ type: login, login: { path: /x, token: t, refused: [99] } }", "'99' is no HTTP status")]
    [InlineData("{ type: login, login: { path: /x, tokenPattern: \"(a\" } }", "no regular expression")]
    [InlineData("{ type: login, steps: [{ path: /x, token: t }], login: { path: /x, token: t } }", "6:40: unknown key 'token'")]
    [InlineData("{ type: jwt }", "'assertion' is missing")]
    [InlineData("{ type: jwt, assertion: { algorithm: HS256 } }", "'keyField' is missing: the secret field with the key that signs.")]
    [InlineData("{ type: jwt, assertion: { algorithm: RS257, keyField: apiKey } }", "'algorithm' cannot be 'RS257'; did you mean")]
    [InlineData("{ type: awsSignature, service: s3 }", "'region' is missing.")]
    [InlineData("{ type: awsSignature, service: s3, region: \"{{fields.regoin}}\" }", "there is no field 'regoin' here")]
    [InlineData("{ type: code }", "'authenticator' is missing.")]
    [InlineData("{ type: code, authenticator: edgegrid }", "6:34: there is no authenticator 'edgegrid' in this program: edgeGrid.")]
    [InlineData("{ type: awsSig, service: s3 }", "'awsSig' is no type of scheme")]
    [InlineData("{ type: basic, probe: { introspection: true } }", "6:44: only a scheme of the type oauth2 can be tested by introspection")]
    [InlineData("{ type: oauth2, grant: clientCredentials, tokenEndpoint: https://app.example/token, probe: { introspection: true } }", "'introspection' needs 'introspectionEndpoint' or 'discovery'.")]
    [InlineData("{ type: oauth2, grant: clientCredentials, discovery: https://app.example, probe: { introspection: true, path: /me } }", "a probe by introspection says nothing else")]
    public void A_fault_of_a_scheme_has_its_place(string scheme, string fault)
    {
        using var files = new ConnectorFiles();
        files.Add("app.yaml", $"""
            connector: 1
            name: app
            displayName: App
            baseAddress: https://app.example
            schemes:
              - {scheme}
            """);

        var faults = files.Load().Faults;

        faults.Select(f => f.ToString()).ShouldContain(f => f.Contains(fault, StringComparison.Ordinal), string.Join('\n', faults));
    }
}
