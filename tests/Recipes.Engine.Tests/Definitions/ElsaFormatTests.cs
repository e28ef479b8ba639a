using System.Text;

namespace Recipes.Engine.Tests.Definitions;

public sealed class ElsaFormatTests
{
    /// <summary>A definition with everything that a server adds to it: what is not ours is left alone.</summary>
    [Fact]
    public async Task A_definition_as_a_server_exports_it_runs()
    {
        using var kitchen = new Kitchen();
        kitchen.Write("it", """
        {"$schema":"https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json","links":[{"href":"/x","rel":"self","method":"GET"}],"id":"4848ab7f73cdac94","definitionId":"it","name":"formats","createdAt":"2026-11-22T01:33:02.6668199+00:00","version":1,"toolVersion":"3.6.0.0",
         "variables":[{"id":"v-name","name":"Name","typeName":"String","isArray":false,"value":"World","storageDriverTypeName":"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"}],
         "inputs":[{"uiHint":"singleline","type":"String","name":"Greeting","displayName":"Greeting","description":"","category":"Primitives","storageDriverType":null}],
         "outputs":[{"type":"Object","name":"Answer","displayName":"Answer","description":"","category":"Primitives"}],
         "outcomes":[],"customProperties":{},"isReadonly":false,"isSystem":false,"isLatest":true,"isPublished":true,"options":{"autoUpdateConsumingWorkflows":false},
         "root":{"activities":[
           {"variable":{"id":"v-name","name":"Name","typeName":"String"},"value":{"typeName":"Object","expression":{"type":"Input","value":{"type":"String","name":"Greeting","displayName":"","description":"","category":""}}},
            "id":"s1","nodeId":"Workflow1:sequence1:s1","name":null,"type":"Elsa.SetVariable","version":1,"customProperties":{"canStartWorkflow":false,"runAsynchronously":false},"metadata":{}},
           {"outputName":{"typeName":"String","expression":{"type":"Literal","value":"Answer"}},"outputValue":{"typeName":"Object","expression":{"type":"Variable","value":{"id":"v-name","name":"Name","typeName":"String"}}},
            "id":"out","nodeId":"Workflow1:sequence1:out","name":null,"type":"Elsa.SetOutput","version":1,"customProperties":{"canStartWorkflow":false,"runAsynchronously":false},"metadata":{}}],
          "variables":[],"id":"sequence1","nodeId":"Workflow1:sequence1","name":null,"type":"Elsa.Sequence","version":1,"customProperties":{"canStartWorkflow":false,"runAsynchronously":false},"metadata":{}}}
        """);
        kitchen.Folder.Scan();

        var run = await kitchen.RunAsync("it", ("Greeting", "Hello"));

        run.OutputText().ShouldBe("""{"Answer":"Hello"}""");
    }

    [Fact]
    public void Several_levels_of_nesting_and_a_byte_order_mark_are_read()
    {
        using var kitchen = new Kitchen();
        var inner = """{"type":"Elsa.WriteLine","id":"a","text":"x"}""";
        for (var i = 0; i < 60; i++)
            inner = $$"""{"type":"Elsa.Sequence","id":"s{{i}}","activities":[{{inner}}]}""";

        var check = kitchen.Checker.Check("it", Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes($$"""{"root":{{inner}}}""")).ToArray());

        check.Faults.ShouldBeEmpty();
    }
}
