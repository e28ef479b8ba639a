using Recipes.Connections;

namespace Recipes.Connectors.Tests;

public sealed class ConnectorFaultTests
{
    [Fact]
    public void A_good_file_has_no_faults()
    {
        using var files = new ConnectorFiles();
        files.Add("my-app.yaml", ConnectorFiles.Good);

        var catalogue = files.Load();

        catalogue.Faults.ShouldBeEmpty();
        var connector = catalogue.Find("my-app").ShouldNotBeNull();
        connector.TypePrefix.ShouldBe("MyApp");
        connector.IsBuiltIn.ShouldBeFalse();
        connector.Actions.Select(a => a.Type).ShouldBe(["MyApp.CreateItem", "MyApp.SendRequest"]);
        connector.Profile.Schemes.ShouldHaveSingleItem().Fields.ShouldHaveSingleItem().Name.ShouldBe("apiKey");
    }

    [Theory]
    [InlineData("displayName: My app", "displayNam: My app", "3:1: unknown key 'displayNam'; did you mean 'displayName'?")]
    [InlineData("displayName: My app", "", "1:1: 'displayName' is missing.")]
    [InlineData("connector: 1", "connector: 2", "1:12: the version of the format is 1, not '2'.")]
    [InlineData("baseAddress: https://{{fields.host}}/api", "", "1:1: 'baseAddress' is missing.")]
    [InlineData("https://{{fields.host}}/api", "app.example", "4:14: 'app.example' is no absolute http or https address.")]
    [InlineData("{{fields.host}}", "{{fields.hots}}", "4:14: there is no field 'hots' here; did you mean 'host'?")]
    [InlineData("{{fields.host}}", "{{fields.apiKey}}", "'apiKey' is a secret field")]
    [InlineData("{{fields.host}}", "{{host}}", "only placeholders such as {{fields.host}}")]
    [InlineData("label: Host }", "label: Host, required: false }", "the field 'host' is optional; it needs a default")]
    [InlineData("label: Host }", "label: Host, kind: secret }", "'host' is a secret field")]
    [InlineData("label: Host }", "label: Host, kind: sekret }", "'kind' cannot be 'sekret'; did you mean 'secret'?")]
    [InlineData("label: Host }", "label: Host, kind: choice }", "a field of kind choice has 'choices'")]
    [InlineData("label: Host }", "label: Host, pattern: \"(a\" }", "no regular expression")]
    [InlineData("label: Host }", "label: Host }\n  - { name: host, label: Host }", "7:13: there is a field 'host' already.")]
    [InlineData("name: my-app", "name: My App", "2:7: 'My App' cannot be a connector's name")]
    [InlineData("name: my-app", "name: elsa", "'elsa' is taken")]
    [InlineData("type: apiKey", "type: apikey", "8:11: 'apikey' is no type of scheme; did you mean 'apiKey'?")]
    [InlineData("in: header", "in: head", "'in' cannot be 'head'")]
    [InlineData("in: header", "in: header\n    keyField: host", "the field 'host' must be of kind secret")]
    [InlineData("parameterName: X-Key", "parameterName: X-Key\n  - { type: apiKey, in: query, parameterName: k }", "there is a scheme 'api-key' already")]
    [InlineData("name: CreateItem", "name: createItem", "12:11: 'createItem' cannot be an action's name")]
    [InlineData("name: CreateItem", "name: SendRequest", "every connector has 'SendRequest' already")]
    [InlineData("name: title", "name: Type", "cannot be an input's name")]
    [InlineData("name: title", "name: nodeId", "14:17: an input cannot be called 'nodeId'")]
    [InlineData("name: amount", "name: title", "15:17: there is an input 'title' already.")]
    [InlineData("type: number", "type: numbr", "15:31: 'type' cannot be 'numbr'; did you mean 'number'?")]
    [InlineData("type: number", "type: number, default: abc", "the default does not fit")]
    [InlineData("method: POST", "method: post", "'post' is no method")]
    [InlineData("path: /items/{{input.title}}", "path: /items/{{input.titel}}", "18:13: bad template: position 10: the action has no input 'titel'; did you mean 'title'?")]
    [InlineData("path: /items/{{input.title}}", "path: /items/{{uper input.title}}", "bad template: position 10: unknown helper 'uper'; did you mean 'upper'?")]
    [InlineData("path: /items/{{input.title}}", "path: /items/{{input.amount}}", "the input 'amount' is optional, but the path needs it")]
    [InlineData("path: /items/{{input.title}}", "path: /items/{{variables.x}}", "unknown name 'variables'")]
    [InlineData("amount: \"{{input.amount}}\"", "amount: {{input.amount}}", "Put quotes around a value that starts with '{{'.")]
    [InlineData("    title: \"{{input.title}}\"", "    title: \"{{fields.apiKey}}\"", "'apiKey' is a secret field")]
    [InlineData("  body:", "  bodyType: form\n      body:", null)]
    [InlineData("  body:", "  headers: { Authorization: x }\n      body:", "The header 'Authorization' cannot be set here")]
    [InlineData("  body:", "  headers: [ x ]\n      body:", "'headers' should be a mapping.")]
    [InlineData("  body:", "  bodyType: none\n      body:", "'bodyType' is none, but there is a 'body'.")]
    [InlineData("actions:", "actions: 5\nx:", "'actions' should be a list.")]
    [InlineData("actions:", "errors: [ { kind: rateLimited } ]\nactions:", "a rule needs a condition")]
    [InlineData("actions:", "errors: [ { status: 700, kind: rateLimited } ]\nactions:", "'700' is no HTTP status")]
    [InlineData("actions:", "errors: [ { status: 400, kind: broken } ]\nactions:", "'kind' cannot be 'broken'")]
    [InlineData("actions:", "severalPerRecipe: yes\nactions:", "should be true or false, not 'yes'")]
    [InlineData("actions:", "probe: { path: /me, accountLable: x }\nactions:", "did you mean 'accountLabel'?")]
    [InlineData("actions:", "probe: {}\nactions:", "'path' is missing.")]
    [InlineData("actions:", "errors: [ { contentType: text/html, kind: unavailable } ]\nactions:", null)]
    [InlineData("actions:", "errors: [ { contentType: html, kind: unavailable } ]\nactions:", "'html' is no media type")]
    [InlineData("actions:", "errors: [ { contentType: text/html; charset=utf-8, kind: unavailable } ]\nactions:", "without parameters")]
    [InlineData("actions:", "checkEvery: 3600\nactions:", null)]
    [InlineData("actions:", "checkEvery: 9\nactions:", "at least 10")]
    [InlineData("actions:", "checkEvery: daily\nactions:", "a whole number of seconds")]
    [InlineData("actions:", "probe: { introspection: true }\nactions:", "only a scheme of the type oauth2")]
    [InlineData("    inputs:", "    scopes: write\n    inputs:", "none offers any")]
    [InlineData("title, required: true", "title, required: true, options: { action: ListThings }", "there is no action 'ListThings'")]
    [InlineData("title, required: true", "title, required: true, options: { action: CreateItem }", "lists nothing")]
    [InlineData("title, required: true", "title, required: true, options: { value: id }", "'action' is missing")]
    public void A_fault_is_named_with_its_place(string part, string instead, string? expected)
    {
        using var files = new ConnectorFiles();
        ConnectorFiles.Good.ShouldContain(part);
        var path = files.Add("my-app.yaml", ReplaceFirst(ConnectorFiles.Good, part, instead));

        var faults = files.Load().Faults;

        if (expected is null)
        {
            faults.ShouldBeEmpty();
            return;
        }

        faults.ShouldContain(f => f.ToString().StartsWith($"{path}:") && f.ToString().Contains(expected), string.Join('\n', faults));
    }

    [Theory]
    [InlineData("", "The file is empty")]
    [InlineData("# nothing\n", "The file is empty")]
    [InlineData("just text", "A connector file is a mapping")]
    [InlineData("- a\n- b", "A connector file is a mapping")]
    [InlineData("a: [1, 2", "This is not valid YAML")]
    [InlineData("a: b: c", "This is not valid YAML")]
    [InlineData("name: a\nname: b", "This is not valid YAML")]
    [InlineData("\u0001\u0002", "A connector file is a mapping")]
    [InlineData("a: \"\\q\"", "This is not valid YAML")]
    [InlineData("connector: 1\n---\nconnector: 1", "one document")]
    [InlineData("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", "2:8: Aliases ('*a') are not allowed")]
    public void What_is_no_connector_file_is_refused(string text, string expected)
    {
        using var files = new ConnectorFiles();
        files.Add("x.yml", text);

        var fault = files.Load().Faults.ShouldHaveSingleItem();

        fault.ToString().ShouldContain(expected);
        fault.Line.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void All_faults_of_a_file_come_at_once_in_order_and_harm_no_other_file()
    {
        using var files = new ConnectorFiles();
        files.Add("good.yaml", ConnectorFiles.Good);
        files.Add("wrong.yaml", ConnectorFiles.Good.Replace("name: my-app", "name: wrong").Replace("displayName: My app", "label: x").Replace("in: header", "in: nowhere").Replace("method: POST", "method: SEND"));

        var catalogue = files.Load();

        catalogue.Find("my-app").ShouldNotBeNull();
        catalogue.Find("wrong").ShouldBeNull();
        catalogue.FindAction("Wrong.CreateItem").ShouldBeNull();
        catalogue.Faults.Select(f => f.Line).ShouldBe([1, 3, 9, 17]);
    }

    [Theory]
    [InlineData("name: sandbox-crm", "There is a connector 'sandbox-crm' already, built in")]
    [InlineData("name: sandboxcrm", "There is a connector 'sandbox-crm' already, built in")]
    public void A_built_in_name_is_not_replaced_in_silence(string name, string expected)
    {
        using var files = new ConnectorFiles();
        files.Add("mine.yaml", ConnectorFiles.Good.Replace("name: my-app", name));

        var catalogue = files.Load();

        catalogue.Faults.ShouldHaveSingleItem().Message.ShouldContain(expected);
        catalogue.Find("sandbox-crm")!.IsBuiltIn.ShouldBeTrue();
    }

    [Fact]
    public void Large_deep_and_absent_files_are_refused()
    {
        using var files = new ConnectorFiles();
        files.Add("large.yaml", ConnectorFiles.Good + "\n#" + new string('x', 260 * 1024));
        files.Add("deep.yaml", "a: " + new string('[', 100_000));

        var faults = ConnectorCatalogue.Load([files.Folder, Path.Combine(files.Folder, "absent")]).Faults;

        faults.Select(f => f.Message).ShouldBe(["The file is nested deeper than 40.", "The file is larger than 256 KB.", "There is no such folder."]);
    }

    [Fact]
    public void No_damage_to_a_file_gets_past_the_reader_as_an_exception()
    {
        string[] pieces = ["{", "}", "[", "]", ": ", "- ", "\n", "  ", "\"", "{{", "}}", "&a ", "*a", "? ", "null", "~", "!!int ", "|\n", "5", "#", "name", "[{}: 1]", "{[a]: 1, [b]: 2}", "\t", "\0"];
        var random = new Random(20260131);

        for (var i = 0; i < 4000; i++)
        {
            var text = ConnectorFiles.Good;
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                var at = random.Next(text.Length);
                var cut = random.Next(0, Math.Min(12, text.Length - at));
                text = string.Concat(text.AsSpan(0, at), pieces[random.Next(pieces.Length)], text.AsSpan(at + cut));
            }

            var file = new ConnectorFile("x.yaml");
            var connector = Should.NotThrow(() => ConnectorReader.Read(file, text, isBuiltIn: false, TimeProvider.System, CodeAuthentications.BuiltIn), text);
            (connector is null).ShouldBe(file.Faults.Count > 0, text);
        }
    }

    private static string ReplaceFirst(string text, string part, string instead)
    {
        var at = text.IndexOf(part, StringComparison.Ordinal);
        return string.Concat(text.AsSpan(0, at), instead, text.AsSpan(at + part.Length));
    }
}
