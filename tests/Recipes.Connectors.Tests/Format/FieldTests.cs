using Recipes.Connections;

namespace Recipes.Connectors.Tests;

public sealed class FieldTests
{
    private const string Head = """
        connector: 1
        name: my-app
        displayName: My app
        baseAddress: https://app.example/api
        schemes:
          - type: apiKey
            in: header
            parameterName: X-Key
        fields:

        """;

    [Fact]
    public void A_field_says_everything_that_a_form_needs()
    {
        var fields = Read("""
            - { name: region, label: Region, choices: [eu, { value: us, label: United States }, { value: custom }], default: eu }
            - { name: host, label: Host, format: hostname, prefix: "https://", suffix: .app.example, when: { field: region, is: [custom] }, link: https://app.example/help, default: api }
            - { name: days, label: Days, kind: number, min: 1, max: 30.5 }
            - { name: key, label: Key, kind: secret, multiline: true, trim: true }
            - { name: code, label: Code, pattern: "[A-Z]+", patternHelp: Code is capital letters only. }
            """);

        fields[0].Choices.ShouldBe([new("eu", "eu"), new("us", "United States"), new("custom", "custom")]);
        fields[0].Kind.ShouldBe(FieldKind.Choice);
        (fields[1].Format, fields[1].Prefix, fields[1].Suffix, fields[1].Link!.Host).ShouldBe((FieldFormat.Hostname, "https://", ".app.example", "app.example"));
        (fields[1].When!.Field, fields[1].When!.Is.Single()).ShouldBe(("region", "custom"));
        (fields[2].Min, fields[2].Max).ShouldBe((1m, 30.5m));
        (fields[3].Multiline, fields[3].Trim).ShouldBe((true, true));
        fields[4].PatternHelp.ShouldBe("Code is capital letters only.");
        fields[0].Trim.ShouldBeNull();
    }

    [Theory]
    [InlineData("{ name: a, label: A, format: host }", "'format' cannot be 'host'")]
    [InlineData("{ name: a, label: A, kind: number, format: email }", "'format' is for fields of kind text only")]
    [InlineData("{ name: a, label: A, min: 1 }", "'min' is for fields of kind number only")]
    [InlineData("{ name: a, label: A, kind: number, min: one }", "'min' should be a number")]
    [InlineData("{ name: a, label: A, kind: number, min: 3, max: 2 }", "'max' is less than 'min'")]
    [InlineData("{ name: a, label: A, kind: boolean, multiline: true }", "'multiline' is for fields of kind text or secret only")]
    [InlineData("{ name: a, label: A, kind: secret, prefix: x }", "'prefix' is for fields of kind text or number")]
    [InlineData("{ name: a, label: A, link: here }", "'link' should be an absolute https address")]
    [InlineData("{ name: a, label: A, link: \"javascript:alert(1)\" }", "'link' should be an absolute https address")]
    [InlineData("{ name: a, label: A, patternHelp: x }", "there is none")]
    [InlineData("{ name: a, label: A, choices: [x, { label: X }] }", "'value' is missing")]
    [InlineData("{ name: a, label: A, choices: [x, { value: x, label: X }] }", "'x' is there twice")]
    [InlineData("{ name: a, label: A, choices: [{ value: x, lable: X }] }", "unknown key 'lable'; did you mean 'label'?")]
    [InlineData("{ name: a, label: A, when: { field: b, is: x } }", "there is no field 'b' here")]
    [InlineData("{ name: a, label: A, when: { field: apiKey, is: x } }", "there is no field 'apiKey' here")]
    [InlineData("{ name: a, label: A, when: { field: a, is: x } }", "'a' depends on itself")]
    [InlineData("{ name: a, label: A, when: { field: b } }\n- { name: b, label: B }", "'is' is missing")]
    [InlineData("{ name: a, label: A, when: { field: b, is: z } }\n- { name: b, label: B, choices: [x, y] }", "'b' is never 'z'")]
    [InlineData("{ name: a, label: A, when: { field: b, is: yes } }\n- { name: b, label: B, kind: boolean }", "'b' is never 'yes'")]
    [InlineData("{ name: a, label: A, when: { field: b, is: x } }\n- { name: b, label: B, kind: secret }", "'b' is a secret field")]
    [InlineData("{ name: a, label: A, when: { field: b, is: x } }\n- { name: b, label: B, automatic: true }", "'b' is filled in by the flow")]
    [InlineData("{ name: b, label: B, automatic: true, when: { field: a, is: x } }\n- { name: a, label: A }", "asked for never")]
    [InlineData("{ name: a, label: A, when: { field: b, is: x } }\n- { name: b, label: B, when: { field: a, is: x } }", "'a' depends on itself")]
    public void A_fault_of_a_field_is_named(string field, string expected)
    {
        var faults = Load($"- {field}").Faults;

        faults.ShouldContain(f => f.ToString().Contains(expected), string.Join('\n', faults));
        faults.ShouldAllBe(f => f.Line >= 9);
    }

    [Fact]
    public void What_is_asked_for_sometimes_needs_a_default_where_it_always_counts()
    {
        const string Field = "- { name: region, label: Region }\n- { name: host, label: Host, when: { field: region, is: custom } }";

        var without = Load(Field, Head.Replace("app.example/api", "{{fields.host}}/api"));
        var with = Load(Field.Replace("custom }", "custom }, default: app.example"), Head.Replace("app.example/api", "{{fields.host}}/api"));

        without.Faults.ShouldHaveSingleItem().Message.ShouldContain("asked for under a condition only");
        with.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void A_scheme_says_what_the_app_calls_its_client()
    {
        const string OAuth = """
            connector: 1
            name: my-app
            displayName: My app
            baseAddress: https://app.example/api
            schemes:
              - type: oauth2
                authorizationEndpoint: https://app.example/authorize
                tokenEndpoint: https://app.example/token
                clientLabels: { id: App ID, help: Under Developers., link: https://app.example/apps }
            """;
        using var files = new ConnectorFiles();
        files.Add("my-app.yaml", OAuth);

        var labels = files.Load().Find("my-app")!.Profile.Schemes[0].ClientLabels;

        labels.ShouldBe(new ClientLabels("App ID", "Client secret", "Under Developers.", new Uri("https://app.example/apps")));
    }

    private static IReadOnlyList<Field> Read(string fields)
    {
        var catalogue = Load(fields);
        catalogue.Faults.ShouldBeEmpty();
        return catalogue.Find("my-app")!.Profile.Fields;
    }

    private static ConnectorCatalogue Load(string fields, string head = Head)
    {
        using var files = new ConnectorFiles();
        files.Add("my-app.yaml", head + string.Join('\n', fields.Split('\n').Select(l => $"  {l}")));
        return files.Load();
    }
}
