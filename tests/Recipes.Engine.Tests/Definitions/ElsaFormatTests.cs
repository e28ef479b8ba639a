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

    /// <summary>Loops, switches, forks and joins with the members, the wrapping and the ports that a server exports and Studio saves.</summary>
    [Fact]
    public async Task Branches_and_loops_as_a_server_exports_them_run()
    {
        using var kitchen = new Kitchen();
        kitchen.Write("it", """
        {"variables":[{"id":"v-counter","name":"Counter","typeName":"Int32","isArray":false,"value":"1"},{"id":"v-item","name":"Item","typeName":"Object","isArray":false}],"inputs":[],
         "outputs":[{"type":"Int32","name":"Answer"}],"root":{"id":"flow","type":"Elsa.Flowchart","version":1,"start":"fe","activities":[
           {"items":{"typeName":"List<Object>","expression":{"type":"Object","value":"[1,2,3]"}},
            "body":{"variable":{"id":"v-counter","name":"Counter","typeName":"Int32"},"value":{"typeName":"Object","expression":{"type":"Handlebars","value":"{{add variables.Counter variables.Item}}"}},"id":"s2","name":null,"type":"Elsa.SetVariable","version":1},
            "currentValue":{"typeName":"Object","memoryReference":{"id":"v-item"}},"id":"fe","nodeId":"Workflow1:flow:fe","name":null,"type":"Elsa.ForEach","version":1,"customProperties":{"canStartWorkflow":false,"runAsynchronously":false},"metadata":{}},
           {"output":null,"cases":[{"label":"big","condition":{"type":"Handlebars","value":"{{gt variables.Counter 5}}"},"activity":{"text":{"typeName":"String","expression":{"type":"Literal","value":"big"}},"id":"w1","name":null,"type":"Elsa.WriteLine","version":1}}],
            "mode":{"typeName":"Elsa.Workflows.SwitchMode, Elsa.Workflows.Core","expression":{"type":"Literal","value":"MatchFirst"}},"default":null,"id":"sw","name":null,"type":"Elsa.Switch","version":1},
           {"cases":[{"label":"Seven","condition":{"type":"Handlebars","value":"{{eq variables.Counter 7}}"}}],"mode":null,"id":"fs","name":null,"type":"Elsa.FlowSwitch","version":1},
           {"branches":{"typeName":"List<String>","expression":{"type":"Object","value":"[\"Left\",\"Right\"]"}},"id":"ff","name":null,"type":"Elsa.FlowFork","version":1},
           {"text":{"typeName":"String","expression":{"type":"Literal","value":"left"}},"id":"w2","name":null,"type":"Elsa.WriteLine","version":1},
           {"joinMode":"WaitAll","branches":[{"text":{"typeName":"String","expression":{"type":"Literal","value":"right"}},"id":"w3","name":null,"type":"Elsa.WriteLine","version":1}],"id":"fo","name":null,"type":"Elsa.Fork","version":1},
           {"mode":{"typeName":"Elsa.Workflows.Activities.Flowchart.Models.FlowJoinMode, Elsa.Workflows.Core","expression":{"type":"Literal","value":"WaitAll"}},"id":"fj","name":null,"type":"Elsa.FlowJoin","version":1},
           {"timeSpan":{"typeName":"TimeSpan","expression":{"type":"Literal","value":"00:00:00"}},"id":"de","name":null,"type":"Elsa.Delay","version":1},
           {"condition":{"typeName":"Boolean","expression":{"type":"Literal","value":"True"}},"body":{"id":"br","name":null,"type":"Elsa.Break","version":1},"id":"wh","name":null,"type":"Elsa.While","version":1},
           {"outputName":{"typeName":"String","expression":{"type":"Literal","value":"Answer"}},"outputValue":{"typeName":"Object","expression":{"type":"Variable","value":{"id":"v-counter","name":"Counter","typeName":"Int32"}}},"id":"out","name":null,"type":"Elsa.SetOutput","version":1}],
          "connections":[
           {"source":{"activity":"fe","port":"Done"},"target":{"activity":"sw","port":"In"},"vertices":[]},{"source":{"activity":"sw","port":"Done"},"target":{"activity":"fs","port":"In"}},{"source":{"activity":"fs","port":"Seven"},"target":{"activity":"ff","port":"In"}},
           {"source":{"activity":"ff","port":"Left"},"target":{"activity":"w2","port":"In"}},{"source":{"activity":"ff","port":"Right"},"target":{"activity":"fo","port":"In"}},{"source":{"activity":"w2","port":"Done"},"target":{"activity":"fj","port":"In"}},
           {"source":{"activity":"fo","port":"Done"},"target":{"activity":"fj","port":"In"}},{"source":{"activity":"fj","port":"Done"},"target":{"activity":"de","port":"In"}},{"source":{"activity":"de","port":"Done"},"target":{"activity":"wh","port":"In"}},{"source":{"activity":"wh","port":"Done"},"target":{"activity":"out","port":"In"}}]}}
        """);
        kitchen.Folder.Scan();

        var run = await kitchen.RunAsync("it");

        run.Failure.ShouldBeNull();
        run.OutputText().ShouldBe("""{"Answer":7}""");
        run.Journal.Where(e => e.Type == "Elsa.WriteLine").Select(e => e.Note).ShouldBe(["big", "left", "right"]);
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
