using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class FieldValuesTests
{
    private static readonly Field s_region = new() { Name = "region", Label = "Region", Kind = FieldKind.Choice, Choices = [new("eu", "Europe"), new("custom", "Custom")], Default = "eu" };
    private static readonly Field s_host = new() { Name = "host", Label = "Host", Format = FieldFormat.Hostname, When = new("region", ["custom"]), Default = "eu.app.example" };
    private static readonly Field s_key = new() { Name = "key", Label = "Key", Kind = FieldKind.Secret, Required = false };
    private static readonly Field s_port = new() { Name = "port", Label = "Port", Kind = FieldKind.Number, Min = 1, Max = 65535, Required = false, When = new("host", ["self.example"]) };

    [Theory]
    [InlineData(FieldFormat.Hostname, "app.example.com", null)]
    [InlineData(FieldFormat.Hostname, "localhost", null)]
    [InlineData(FieldFormat.Hostname, "https://app.example.com", "leave out https://")]
    [InlineData(FieldFormat.Hostname, "app.example.com/x", "leave out https://")]
    [InlineData(FieldFormat.Hostname, "app.example.com:8443", "leave out the colon")]
    [InlineData(FieldFormat.Hostname, "-app.example", "must be a host name")]
    [InlineData(FieldFormat.Hostname, "app..example", "must be a host name")]
    [InlineData(FieldFormat.Hostname, "app.example@evil.example", "must be a host name")]
    [InlineData(FieldFormat.Email, "ada@app.example", null)]
    [InlineData(FieldFormat.Email, "ada", "must be an e-mail address")]
    [InlineData(FieldFormat.Email, "Ada <ada@app.example>", "must be an e-mail address")]
    [InlineData(FieldFormat.Uuid, "123e4567-e89b-12d3-a456-426614174000", null)]
    [InlineData(FieldFormat.Uuid, "{123e4567-e89b-12d3-a456-426614174000}", "must be an id")]
    [InlineData(FieldFormat.Uuid, "123e4567e89b12d3a456426614174000", "must be an id")]
    public void A_usual_form_is_checked_in_clear_words(FieldFormat format, string value, string? expected)
    {
        var wrong = FieldFormats.Check(format, value);

        if (expected is null)
            wrong.ShouldBeNull();
        else
            wrong.ShouldNotBeNull().ShouldContain(expected);
    }

    [Theory]
    [InlineData("  acme \n", "acme")]
    [InlineData("https://acme.app.example/", "acme")]
    [InlineData("acme.app.example", "acme")]
    [InlineData("https://acme", "acme")]
    [InlineData("   ", "")]
    public void What_was_pasted_along_with_a_plain_value_is_taken_off(string typed, string kept) =>
        FieldValues.Normalise(new() { Name = "sub", Label = "Subdomain", Prefix = "https://", Suffix = ".app.example" }, typed).ShouldBe(kept);

    [Fact]
    public void A_secret_loses_its_line_break_and_nothing_else_that_could_belong_to_it()
    {
        var password = s_key with { Trim = false };
        var document = s_key with { Multiline = true };

        FieldValues.Normalise(s_key, "abc\r\n").ShouldBe("abc");
        FieldValues.Normalise(s_key, " abc ").ShouldBe(" abc ");
        FieldValues.Normalise(s_key with { Trim = true }, " abc ").ShouldBe("abc");
        FieldValues.Normalise(password, " abc ").ShouldBe(" abc ");
        FieldValues.Normalise(document, "\r\n-----BEGIN\r\nx\r\n-----END\r\n").ShouldBe("-----BEGIN\nx\n-----END");
    }

    [Theory]
    [InlineData(" abc", "begins or ends with a space")]
    [InlineData("a\nb", "has a line break")]
    public async Task What_may_be_a_slip_is_told_without_the_value(string secret, string expected)
    {
        await using var harness = await StartAsync();

        var wrong = FieldValues.Check(s_key, secret, harness.Get<EgressGuard>());

        wrong.ShouldNotBeNull().ShouldContain(expected);
        wrong.ShouldNotContain(secret.Trim());
        FieldValues.Check(s_key with { Trim = false }, " abc", harness.Get<EgressGuard>()).ShouldBeNull();
        FieldValues.Check(s_key with { Multiline = true }, "a\nb", harness.Get<EgressGuard>()).ShouldBeNull();
        FieldValues.Check(s_port, "70000", harness.Get<EgressGuard>()).ShouldBe("Port must be from 1 to 65535.");
    }

    [Fact]
    public async Task A_field_counts_only_while_its_condition_holds()
    {
        await using var harness = await StartAsync();
        await harness.DefineAsync("app", "app", "key");

        var needed = await CreateAsync(harness, ("region", "custom"), ("host", " "));
        var wrong = await CreateAsync(harness, ("region", "custom"), ("host", "https://x"), ("port", "0"));
        var ignored = await CreateAsync(harness, ("region", "eu"), ("host", "https://not looked at"), ("port", "x"));
        var chained = await CreateAsync(harness, ("region", "custom"), ("host", "self.example"), ("port", "8443"));

        // It has a default, so nothing is missing.
        needed.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Record.Fields.Keys.ShouldBe(["region"]);
        wrong.ShouldBeOfType<SetupResult<Connection>.Invalid>().Faults.Select(f => f.Path).ShouldBe(["fields.host"]);
        ignored.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Record.Fields.ShouldBe(new Dictionary<string, string> { ["region"] = "eu" });
        chained.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Record.Fields.Keys.ShouldBe(["region", "host", "port"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_condition_may_hang_on_what_the_definition_fixes()
    {
        await using var harness = await StartAsync();
        await harness.DefineAsync("eu", "app", "key", presets: new() { ["region"] = "eu" });
        await harness.DefineAsync("custom", "app", "key", presets: new() { ["region"] = "custom", ["host"] = "self.example" });

        var eu = await CreateAsync(harness, "eu", ("host", "other.example"));
        var custom = await CreateAsync(harness, "custom", ("port", "1"));

        eu.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Record.Fields.ShouldBeEmpty();
        custom.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Record.Fields["port"].ShouldBe("1");
        var snapshot = (await harness.Get<SnapshotLoader>().LoadAsync(((SetupResult<Connection>.Done)eu).Value.Id, CancellationToken.None))!;
        snapshot.BaseAddress.Host.ShouldBe("eu.app.example");
    }

    private static ConnectorProfile App() => new()
    {
        Name = "app",
        DisplayName = "App",
        BaseAddress = FieldTemplate.Parse("https://{{fields.host}}/"),
        Fields = [s_region, s_host, s_port, s_key],
        Schemes = [new ApiKeyScheme { Name = "key", DisplayName = "Key", Location = ApiKeyLocation.Header, ParameterName = FieldTemplate.Parse("X-Key"), Fields = [new() { Name = "apiKey", Label = "API key", Kind = FieldKind.Secret }] }],
    };

    private static Task<ConnectionsHarness> StartAsync() => ConnectionsHarness.StartAsync(new Profiles(App()), []);

    private static Task<SetupResult<Connection>> CreateAsync(ConnectionsHarness harness, params (string Name, string Value)[] fields) => CreateAsync(harness, "app", fields);

    private static Task<SetupResult<Connection>> CreateAsync(ConnectionsHarness harness, string definition, params (string Name, string Value)[] fields) => harness.Setup.CreateAsync(ConnectionsHarness.Operator, new()
    {
        DefinitionKey = definition,
        Owner = Owner.Organisation,
        Fields = fields.Append(("apiKey", harness.NewSecret("API key"))).ToDictionary(f => f.Item1, f => new Secret(f.Item2)),
    }, CancellationToken.None);
}
