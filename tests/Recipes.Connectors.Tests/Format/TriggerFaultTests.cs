using Recipes.Connections;

namespace Recipes.Connectors.Tests;

public sealed class TriggerFaultTests
{
    private const string File = """
        connector: 1
        name: my-app
        displayName: My app
        baseAddress: https://my.example
        schemes: [{ type: apiKey, in: header, parameterName: X-Key }]
        actions:
          - name: CreateItem
            request: { method: POST, path: /items }
        triggers:
          - kind: poll
            name: NewItem
            every: 60
            inputs: [{ name: folder, required: true }]
            request: { path: "/{{input.folder}}", query: { since: "{{cursor}}" } }
            list: items
            order: ascending
            pagination: { kind: link }
            recordId: id
            cursor: { kind: maximum, path: at }
            output: { title: title }
          - kind: webhook
            name: ItemEvent
            signature: { scheme: hmac, header: X-Sig, timestamp: { header: X-Time }, content: "{{timestamp}}{{body}}" }
            secret: { label: Key }
            challenge: { when: "{{query.ask}}", answer: "{{query.ask}}" }
            register:
              request: { method: POST, path: /hooks, body: { url: "{{hook.address}}", key: "{{hook.secret}}" } }
              id: id
            unregister: { request: { method: DELETE, path: "/hooks/{{registration.id}}" } }
            where: "{{eq record.type 'a'}}"
        """;

    [Fact]
    public void A_good_file_gives_its_triggers_and_the_one_that_every_connector_has()
    {
        using var files = new ConnectorFiles();
        files.Add("app.yaml", File);

        var catalogue = files.Load();

        catalogue.Faults.ShouldBeEmpty();
        catalogue.Find("my-app")!.Triggers.Select(t => t.Type).ShouldBe(["MyApp.NewItem", "MyApp.ItemEvent", "MyApp.NewRecords"]);
        catalogue.TriggerTypes.ShouldContain("MyApp.ItemEvent");
        var poll = catalogue.FindTrigger("MyApp.NewItem").ShouldBeAssignableTo<PollTrigger>()!;
        (poll.Name, poll.DisplayName, poll.Every, poll.First).ShouldBe(("NewItem", "New item", TimeSpan.FromMinutes(1), FirstPoll.Now));
        poll.Outputs.Select(o => o.Name).ShouldBe(["title", "record"]);
        var hook = catalogue.FindTrigger("MyApp.ItemEvent").ShouldBeAssignableTo<WebhookTrigger>()!;
        (hook.Registers, hook.SecretOrigin, hook.SecretLabel).ShouldBe((true, WebhookSecretOrigin.Ours, "Key"));
        catalogue.FindAction("MyApp.NewItem").ShouldBeNull();
        catalogue.SuggestAction("MyApp.NewItme").ShouldBe("MyApp.NewItem");
    }

    [Theory]
    [InlineData("kind: poll", "kind: pull", "10:11: 'kind' cannot be 'pull'; did you mean 'poll'?")]
    [InlineData("name: NewItem", "name: newItem", "11:11: 'newItem' cannot be a trigger's name")]
    [InlineData("name: NewItem", "name: NewRecords", "every connector has 'NewRecords' already")]
    [InlineData("name: NewItem", "name: CreateItem", "there is an action or a trigger 'CreateItem' already")]
    [InlineData("name: ItemEvent", "name: NewItem", "22:11: there is an action or a trigger 'NewItem' already")]
    [InlineData("every: 60", "every: 5", "12:12: 'every' is in seconds, from 10 to 604800")]
    [InlineData("every: 60", "evry: 60", "unknown key 'evry'; did you mean 'every'?")]
    [InlineData("every: 60", "signature: { scheme: none }", "unknown key 'signature'")]
    [InlineData("name: folder", "name: every", "an input cannot be called 'every'")]
    [InlineData("{{cursor}}", "{{cursor.at}}", "'cursor.at' is nothing")]
    [InlineData("{{cursor}}", "{{curser}}", "unknown name 'curser'; did you mean 'cursor'?")]
    [InlineData("    list: items\n", "", "'list' is missing")]
    [InlineData("    recordId: id\n", "", "'recordId' is missing")]
    [InlineData("recordId: id\n", "recordId: \"{{recrd.id}}\"\n", "unknown name 'recrd'; did you mean 'record'?")]
    [InlineData("    cursor: { kind: maximum, path: at }\n", "", "'cursor' is missing")]
    [InlineData("kind: maximum, path: at", "kind: maximum", "which field of a record grows")]
    [InlineData("kind: maximum, path: at", "kind: token", "where the answer has the mark for the next poll")]
    [InlineData("kind: maximum, path: at", "kind: lastId, overlap: 5", "'overlap' goes with maximum")]
    [InlineData("kind: maximum, path: at", "kind: maximum, path: at, overlap: -1", "'overlap' should be a number from 0 on")]
    [InlineData("kind: maximum, path: at", "kind: maximum, path: at, type: text, overlap: 1", "text has no distances")]
    [InlineData("kind: maximum, path: at", "kind: maximum, path: at, type: dates", "'type' cannot be 'dates'; did you mean 'date'?")]
    [InlineData("query: { since: \"{{cursor}}\" } }\n    list: items\n    order: ascending\n    pagination: { kind: link }\n    recordId: id\n    cursor: { kind: maximum, path: at }", "query: { a: b } }\n    list: items\n    recordId: id\n    cursor: { kind: lastId }", "the request never tells the app where to go on")]
    [InlineData("{ title: title }", "{ Title: title }", "'Title' cannot be an output's name")]
    [InlineData("    signature: { scheme: hmac, header: X-Sig, timestamp: { header: X-Time }, content: \"{{timestamp}}{{body}}\" }\n", "", "'signature' is missing")]
    [InlineData("scheme: hmac", "scheme: hmack", "'scheme' cannot be 'hmack'; did you mean 'hmac'?")]
    [InlineData("scheme: hmac", "scheme: token", "'timestamp' does not go with the scheme token")]
    [InlineData("header: X-Sig, ", "", "'header' is missing: it holds the signature")]
    [InlineData("header: X-Sig", "header: X Sig", "'X Sig' is no name of a header")]
    [InlineData("header: X-Sig", "header: X-Sig, part: v1, prefix: v1=", "a part is told by its name")]
    [InlineData("{{timestamp}}{{body}}", "{{timestamp}}", "the body is missing")]
    [InlineData("{{timestamp}}{{body}}", "{{body}}", "the time is not signed")]
    [InlineData("{{timestamp}}{{body}}", "{{timestamp}}{{bdy}}", "there is no part 'bdy'")]
    [InlineData("{{timestamp}}{{body}}", "{{timestamp}}{{id}}{{body}}", "'{{id}}' needs 'idHeader'")]
    [InlineData("{ header: X-Time }", "{ header: X-Time, part: t }", "the time is in one place")]
    [InlineData("{ header: X-Time }", "{ part: t }", "the time is a part where the signature is one")]
    [InlineData("{ header: X-Time }", "{ header: X-Time, tolerance: 100000 }", "86400 at most")]
    [InlineData("key: \"{{hook.secret}}\"", "key: x", "the app is never told")]
    [InlineData("secret: { label: Key }", "secret: { origin: theirs }", "there is no hook.secret")]
    [InlineData("url: \"{{hook.address}}\"", "url: x", "the app is never told where to call")]
    [InlineData("{{hook.address}}", "{{hook.adress}}", "there is no hook.adress")]
    [InlineData("      id: id\n", "", "'registration.id' is not known")]
    [InlineData("    unregister: { request: { method: DELETE, path: \"/hooks/{{registration.id}}\" } }\n", "", "'register' and 'unregister' go together")]
    [InlineData("answer: \"{{query.ask}}\"", "status: 200", "'answer' is missing")]
    [InlineData("answer: \"{{query.ask}}\"", "answer: x, status: 404", "'status' should be one from 200 to 299")]
    [InlineData("when: \"{{query.ask}}\"", "when: yes", "'when' should be one {{expression}}")]
    [InlineData("where: \"{{eq record.type 'a'}}\"", "where: always", "'where' should be one {{expression}}")]
    public void A_fault_names_its_place_and_what_to_write(string good, string bad, string message)
    {
        using var files = new ConnectorFiles();
        File.ShouldContain(good);
        files.Add("app.yaml", File.Replace(good, bad));

        var catalogue = files.Load();

        catalogue.Find("my-app").ShouldBeNull();
        string.Join('\n', catalogue.Faults).ShouldContain(message);
    }

    [Fact]
    public void A_webhook_that_nobody_registers_says_how_a_person_does()
    {
        using var files = new ConnectorFiles();
        files.Add("app.yaml", $"{File[..File.IndexOf("  - kind: webhook", StringComparison.Ordinal)]}  - {{ kind: webhook, name: Hook, signature: {{ scheme: none }}, secret: {{ label: x }} }}\n");

        var faults = string.Join('\n', files.Load().Faults);

        faults.ShouldContain("say in 'setup' where");
        faults.ShouldContain("with the scheme none there is no secret");
    }
}
