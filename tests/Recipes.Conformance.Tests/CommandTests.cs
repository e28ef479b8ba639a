using System.Text.Json;

namespace Recipes.Conformance.Tests;

public sealed class CommandTests : IDisposable
{
    private readonly CheckedFiles _files = new();

    [Fact]
    public async Task A_broken_file_gives_place_and_reason()
    {
        var path = _files.Add("broken.yaml", CheckedFiles.Key.Replace("parameterName", "parametername", StringComparison.Ordinal));

        var (code, output, _) = await CheckedFiles.RunAsync("connectors", "check", path);

        code.ShouldBe(1);
        output.ShouldContain($"{path}:6:44: unknown key 'parametername'");
        output.ShouldContain("0 of 1 connector");
    }

    [Fact]
    public async Task A_folder_is_checked_as_a_whole_and_fails_when_one_file_does()
    {
        _files.Add("good.yaml", CheckedFiles.Key);
        _files.Add("bad.yaml", CheckedFiles.Key.Replace("name: acme", "name: acme-two", StringComparison.Ordinal).Replace("errors:", "errors:\n  - { status: 503, kind: modifiedCredentials }", StringComparison.Ordinal));

        var (code, output, _) = await CheckedFiles.RunAsync("connectors", "check", _files.Folder);

        code.ShouldBe(1);
        output.ShouldContain("✓ good.yaml");
        output.ShouldContain("✗ bad.yaml");
        output.ShouldMatch("acme key +✓");
        output.ShouldMatch("acme-two key .*✗");
        output.ShouldContain("1 of 2 connectors pass");
    }

    [Fact]
    public async Task The_result_comes_as_json_too()
    {
        var path = _files.Add("good.yaml", CheckedFiles.Key);

        var (code, output, _) = await CheckedFiles.RunAsync("connectors", "check", path, "--json");

        code.ShouldBe(0);
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("passed").GetBoolean().ShouldBeTrue();
        json.RootElement.GetProperty("connectors")[0].GetProperty("schemes")[0].GetProperty("scheme").GetString().ShouldBe("key");
    }

    [Theory]
    [InlineData("{ scheme: standard }", 8)]
    [InlineData("{ scheme: hmac, algorithm: sha1, header: X-Sig, prefix: sha1=, encoding: base64, key: hex, content: '{{method}} {{address}} {{header.X-A}} {{body}}' }", 6)]
    [InlineData("{ scheme: hmac, algorithm: sha512, header: X-Sig, part: s, key: base64, timestamp: { part: t, unit: milliseconds, tolerance: 30 }, content: '{{timestamp}}{{form}}' }", 8)]
    [InlineData("{ scheme: hmac, header: X-Sig, timestamp: { bodyPath: a.sent, unit: date } }", 8)]
    [InlineData("{ scheme: token, bodyPath: a.token }", 5)]
    [InlineData("{ scheme: token, query: token }", 5)]
    [InlineData("{ scheme: basic, userName: acme }", 5)]
    public async Task Every_signature_is_made_by_the_kit_and_taken_or_refused(string signature, int cases)
    {
        var report = await _files.CheckAsync($"{CheckedFiles.Key}\ntriggers:\n  - kind: webhook\n    name: Hook\n    setup: Somewhere.\n    signature: {signature}\n");

        report.ShouldBeClean();
        report.Schemes.Single(s => s.Type == "webhook").Cases.Count(c => c.Passed).ShouldBe(cases);
    }

    [Fact]
    public async Task Verbose_names_every_case()
    {
        var path = _files.Add("good.yaml", CheckedFiles.Key);

        var (_, output, _) = await CheckedFiles.RunAsync("connectors", "check", path, "--verbose");

        output.ShouldContain("✓ acme key: An answer that does not come in time changes nothing");
    }

    [Theory]
    [InlineData("connectors", "check")]
    [InlineData("connectors", "check", "/no/such/file.yaml")]
    [InlineData("connectors", "check", "/no/such/folder", "--wrong")]
    [InlineData("nonsense")]
    public async Task Arguments_that_make_no_sense_are_told_with_code_2(params string[] arguments)
    {
        var (code, _, error) = await CheckedFiles.RunAsync(arguments);

        code.ShouldBe(2);
        error.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_scheme_that_is_not_there_is_told_with_code_2()
    {
        var path = _files.Add("good.yaml", CheckedFiles.Key);

        var (code, _, error) = await CheckedFiles.RunAsync("connectors", "check", path, "--scheme", "absent");

        code.ShouldBe(2);
        error.ShouldContain("There is no scheme 'absent'.");
    }

    [Fact]
    public async Task Connectors_are_listed_with_their_schemes()
    {
        _files.Add("acme.yaml", CheckedFiles.Key);

        var (code, output, _) = await CheckedFiles.RunAsync("connectors", "list", "--folder", _files.Folder);

        code.ShouldBe(0);
        output.ShouldMatch("acme +Acme: key");
        output.ShouldContain("sandbox-crm");
    }

    [Fact]
    public async Task The_schema_is_printed()
    {
        var (code, output, _) = await CheckedFiles.RunAsync("connectors", "schema");

        code.ShouldBe(0);
        using var json = JsonDocument.Parse(output);
        json.RootElement.TryGetProperty("$defs", out _).ShouldBeTrue();
    }

    public void Dispose() => _files.Dispose();
}
