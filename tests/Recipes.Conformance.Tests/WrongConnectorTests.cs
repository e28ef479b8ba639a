namespace Recipes.Conformance.Tests;

/// <summary>Connectors that are wrong on purpose: each is found out, with a sentence that says how to mend it.</summary>
public sealed class WrongConnectorTests : IDisposable
{
    private readonly CheckedFiles _files = new();

    [Fact]
    public async Task Connectors_without_faults_pass_every_case()
    {
        (await _files.CheckAsync(CheckedFiles.Key)).ShouldBeClean();
        (await _files.CheckAsync(CheckedFiles.OAuth)).ShouldBeClean();
    }

    [Fact]
    public async Task A_token_that_is_looked_for_in_the_wrong_place_is_told()
    {
        var wrong = CheckedFiles.OAuth.Replace("data.token", "data.access", StringComparison.Ordinal);

        var report = await _files.CheckAsync(wrong, CheckedFiles.OAuth);

        report.Sentences().ShouldContain("Look at 'tokenResponse'");
        report.Sentences().ShouldContain("Sent: POST https://acme.example/token");
        report.Sentences().ShouldNotMatch("at-[0-9a-f]{32}");
        report.Schemes[0].Untried.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task A_token_request_in_the_wrong_format_is_told()
    {
        var wrong = CheckedFiles.OAuth.Replace("body: json", "body: form", StringComparison.Ordinal);

        var report = await _files.CheckAsync(wrong, CheckedFiles.OAuth);

        report.Sentences().ShouldContain("Expected: the parameters of the token request in a JSON object in the body. Seen: they came as a form. Set 'tokenRequest.body'");
    }

    [Fact]
    public async Task The_wrong_authentication_of_the_client_is_told()
    {
        var wrong = CheckedFiles.OAuth.Replace("clientAuthentication: body", "clientAuthentication: basic", StringComparison.Ordinal);

        var report = await _files.CheckAsync(wrong, CheckedFiles.OAuth);

        report.Sentences().ShouldContain("Seen: HTTP basic authentication came. Set 'clientAuthentication'");
    }

    [Fact]
    public async Task The_wrong_separator_of_scopes_is_told()
    {
        var wrong = CheckedFiles.OAuth.Replace("scopeSeparator: \",\"", "scopeSeparator: \" \"", StringComparison.Ordinal);

        var report = await _files.CheckAsync(wrong, CheckedFiles.OAuth);

        report.Sentences().ShouldContain("with the scopes read, write, parted by ','. Seen: 'read write'. Look at 'scopeSeparator'");
    }

    [Fact]
    public async Task The_wrong_unit_of_a_tokens_life_is_told()
    {
        var wrong = CheckedFiles.OAuth.Replace("expiryUnit: minutes", "expiryUnit: seconds", StringComparison.Ordinal);

        var report = await _files.CheckAsync(wrong, CheckedFiles.OAuth);

        report.Sentences().ShouldContain("Look at 'expiresIn' and 'expiryUnit'");
    }

    [Fact]
    public async Task The_wrong_header_of_a_key_is_told()
    {
        var wrong = CheckedFiles.Key.Replace("X-Acme-Key", "X-Api-Key", StringComparison.Ordinal);

        var report = await _files.CheckAsync(wrong, CheckedFiles.Key);

        report.Sentences().ShouldContain("Expected: the header X-Acme-Key: Key <apiKey>. Seen: GET /v2/kit/items came without it. Look at 'in' and 'parameterName'.");
    }

    [Theory]
    [InlineData("DELETE", "POST")]
    [InlineData("/keys/current", "/keys/mine")]
    public async Task A_revocation_that_does_not_reach_the_app_is_told(string right, string other)
    {
        var wrong = CheckedFiles.Key.Replace(right, other, StringComparison.Ordinal);

        var report = await _files.CheckAsync(wrong, CheckedFiles.Key);

        report.Sentences().ShouldContain("Expected: the app is told that the credential is no longer wanted. Seen: it was not. Look at 'revoke'.");
    }

    [Fact]
    public async Task An_error_rule_that_takes_an_outage_for_a_wrong_credential_is_told()
    {
        var wrong = CheckedFiles.Key.Replace("errors:", "errors:\n  - { status: 500, kind: modifiedCredentials }", StringComparison.Ordinal);

        var report = await _files.CheckAsync(wrong);

        report.Sentences().ShouldContain("Answered: 500");
        report.Sentences().ShouldContain("Expected: the connection is Connected. Seen: it is Suspect. Error rule 1 (status 500 -> modifiedCredentials) decides here: narrow it");
        report.Sentences().ShouldContain("Expected: an outage never condemns a credential");
    }

    [Fact]
    public async Task An_error_rule_behind_one_that_takes_everything_of_it_is_told()
    {
        var wrong = CheckedFiles.Key.Replace("errors:", "errors:\n  - { status: [400, 409], kind: unknown }", StringComparison.Ordinal);

        var report = await _files.CheckAsync(wrong);

        report.Sentences().ShouldContain("rule 1 (status 400 or 409 -> unknown) comes first and takes every answer that it would fit");
        report.Schemes[0].Cases.Count(c => c.Kind == CaseKind.Rules && !c.Passed).ShouldBe(2);
    }

    [Fact]
    public async Task An_error_rule_that_leaves_no_answer_for_a_wrong_credential_is_told()
    {
        var wrong = CheckedFiles.Key.Replace("{ status: 400, bodyPath: code, pattern: \"^key_revoked$\", kind: modifiedCredentials }", "{ status: 401, kind: insufficientPermissions }", StringComparison.Ordinal);

        var report = await _files.CheckAsync(wrong);

        report.Sentences().ShouldContain("takes every 401, and no rule leads to modifiedCredentials");
    }

    [Fact]
    public async Task A_probe_that_passes_without_a_credential_is_told()
    {
        var open = CheckedFiles.Key.Replace("{ name: key, type: apiKey, in: header, parameterName: X-Acme-Key, prefix: \"Key \", revoke: { method: DELETE, path: /keys/current } }", "{ name: key, type: none }", StringComparison.Ordinal);

        var report = await _files.CheckAsync(CheckedFiles.Key, open);

        report.Sentences().ShouldContain("Expected: a probe with another secret is refused. Seen: it passed. Point the probe at a path that answers 401");
    }

    [Fact]
    public async Task A_probe_that_cannot_carry_the_key_is_told()
    {
        var wrong = CheckedFiles.Key.Replace("in: header, parameterName: X-Acme-Key, prefix: \"Key \"", "in: body, parameterName: key", StringComparison.Ordinal);

        var report = await _files.CheckAsync(wrong);

        report.Sentences().ShouldContain("A GET has no body to put the key into: give the probe 'method: POST'.");
    }

    [Fact]
    public async Task A_capture_that_lets_a_foreign_host_through_is_told()
    {
        var wrong = WithCapture("^https://.+acme.example$");
        var right = WithCapture("^https://[a-z0-9-]+\\\\.acme\\\\.example$");

        (await _files.CheckAsync(wrong)).Sentences().ShouldContain("and the base address leads to evil.example. Narrow the pattern of the capture");
        (await _files.CheckAsync(right)).Sentences().ShouldNotContain("evil.example");
    }

    [Fact]
    public async Task A_part_of_a_host_that_people_type_needs_a_pattern()
    {
        var wrong = CheckedFiles.Key.Replace("https://api.acme.example/v2\n", "\"https://{{fields.site}}.acme.example/v2\"\nfields: [{ name: site, label: Site, example: north }]\n", StringComparison.Ordinal);
        var right = wrong.Replace("example: north", "example: north, pattern: \"^[a-z0-9-]+$\"", StringComparison.Ordinal);

        (await _files.CheckAsync(wrong)).Sentences().ShouldContain("Give the field 'site' a pattern");
        (await _files.CheckAsync(right)).ShouldBeClean();
    }

    [Fact]
    public async Task A_secret_in_a_plain_field_of_an_address_is_told()
    {
        var wrong = CheckedFiles.Key.Replace("https://api.acme.example/v2\n", "\"https://api.acme.example/{{fields.accessToken}}\"\nfields: [{ name: accessToken, label: Token }]\n", StringComparison.Ordinal);

        var report = await _files.CheckAsync(wrong);

        report.Sentences().ShouldContain("the plain field 'accessToken' sounds like one, and the base address shows it");
        report.Sentences().ShouldContain("Make 'accessToken' a field of kind secret");
    }

    [Fact]
    public async Task An_example_that_its_own_pattern_refuses_is_told()
    {
        var wrong = CheckedFiles.Key.Replace("schemes:", "fields: [{ name: site, label: Site, example: North!, pattern: \"^[a-z]+$\" }]\nschemes:", StringComparison.Ordinal);

        var report = await _files.CheckAsync(wrong);

        report.Sentences().ShouldContain("Expected: the example of the field 'site' fits its pattern. Seen: 'North!' does not fit ^[a-z]+$.");
    }

    [Fact]
    public async Task A_signature_over_the_wrong_parts_is_told()
    {
        const string right = """
            connector: 1
            name: acme
            displayName: Acme
            baseAddress: https://api.acme.example/v2
            schemes:
              - name: signed
                type: custom
                fields: [{ name: keyId, label: Key id }, { name: key, label: Key, kind: secret }]
                apply:
                  values:
                    nonce: "{{random 16}}"
                    at: '{{now "unix"}}'
                    bodyHash: "{{sha256Hex request.body}}"
                  headers:
                    X-Key: "{{fields.keyId}}"
                    X-Nonce: "{{values.nonce}}"
                    X-Time: "{{values.at}}"
                    X-Signature: "{{hmacSha256Hex secrets.key request.method request.pathAndQuery values.nonce values.at values.bodyHash}}"
            probe: { path: /me }
            """;
        var wrong = right.Replace("request.method request.pathAndQuery", "request.pathAndQuery request.method", StringComparison.Ordinal);

        (await _files.CheckAsync(right)).ShouldBeClean();
        (await _files.CheckAsync(wrong, right)).Sentences().ShouldContain("Expected: the header X-Signature: {{hmacSha256Hex secrets.key request.method");
    }

    public void Dispose() => _files.Dispose();

    private static string WithCapture(string pattern) => CheckedFiles.OAuth
        .Replace("https://api.acme.example/v2", "\"{{fields.home}}\"", StringComparison.Ordinal)
        .Replace("    tokenRequest:", $"    fields: [{{ name: home, label: Home, automatic: true }}]\n    capture: [{{ field: home, path: home, pattern: \"{pattern}\" }}]\n    tokenRequest:", StringComparison.Ordinal);
}
