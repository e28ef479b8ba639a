using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Recipes.Host.Tests;

/// <summary>Asks what Studio asks, from one window.</summary>
internal sealed class Designer(Api api, string? tab = null)
{
    private const string Prefix = "/elsa/api";

    public Task<Answer> GetAsync(string path) => api.GetAsync($"{Prefix}{path}");

    public Task<Answer> PostAsync(string path, object? body = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{Prefix}{path}") { Content = JsonContent.Create(body ?? new { }) };
        if (tab is not null)
            request.Headers.Add("X-Recipes-Tab", tab);
        return api.SendAsync(request);
    }

    public Task<Answer> DeleteAsync(string path) => api.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"{Prefix}{path}"));

    public async Task<JsonObject> OpenAsync(string recipe, string versions = "Latest") =>
        (await GetAsync($"/workflow-definitions/by-definition-id/{recipe}?versionOptions={versions}")).Is(HttpStatusCode.OK).Json.AsObject();

    /// <summary>Saves as Studio does: all that it knows of, without what only the server writes.</summary>
    public Task<Answer> TrySaveAsync(JsonObject definition, bool publish = false)
    {
        var model = definition.DeepClone().AsObject();
        model["links"] = null;
        return PostAsync("/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = publish });
    }

    public async Task<JsonObject> SaveAsync(JsonObject definition, bool publish = false) => (await TrySaveAsync(definition, publish)).Is(HttpStatusCode.OK).Json["workflowDefinition"]!.AsObject();

    /// <summary>As Studio's dialog makes one: an empty flowchart.</summary>
    public Task<JsonObject> CreateAsync(string name) => SaveAsync(new()
    {
        ["id"] = null,
        ["definitionId"] = null,
        ["name"] = name,
        ["description"] = "",
        ["createdAt"] = "0001-01-01T00:00:00+00:00",
        ["toolVersion"] = "3.8.0.0",
        ["root"] = new JsonObject { ["id"] = "Flowchart1", ["type"] = "Elsa.Flowchart", ["version"] = 1, ["name"] = "Flowchart1" },
    });

    /// <summary>Drops a step onto the canvas, behind another one.</summary>
    public static JsonObject Add(JsonObject definition, string id, string type, string? after = null, string port = "Done")
    {
        var root = definition["root"]!.AsObject();
        var step = new JsonObject
        {
            ["id"] = id,
            ["nodeId"] = $"Workflow1:{(string?)root["id"]}:{id}",
            ["name"] = id,
            ["type"] = type,
            ["version"] = 1,
            ["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = 40, ["y"] = 40 }, ["size"] = new JsonObject { ["width"] = 200, ["height"] = 50 } } },
        };
        root["activities"]!.AsArray().Add(step);
        if (after is not null)
        {
            root["connections"]!.AsArray().Add(new JsonObject
            {
                ["source"] = new JsonObject { ["activity"] = after, ["port"] = port },
                ["target"] = new JsonObject { ["activity"] = id, ["port"] = "In" },
                ["vertices"] = new JsonArray(),
            });
        }

        return step;
    }

    public static JsonObject Step(JsonObject definition, string name) => definition["root"]!["activities"]!.AsArray().Single(a => (string?)a!["name"] == name || (string?)a["id"] == name)!.AsObject();

    /// <summary>Sets an input as Studio's editors do.</summary>
    public static void Set(JsonObject step, string member, string value, string type = "Literal") =>
        step[member] = new JsonObject { ["typeName"] = null, ["expression"] = new JsonObject { ["type"] = type, ["value"] = value }, ["memoryReference"] = null };

    public async Task<IReadOnlyList<(string Text, string Value)>> OptionsAsync(string type, string input, JsonObject? step = null)
    {
        var answer = (await PostAsync($"/descriptors/activities/{type}/options/{input}", new JsonObject { ["context"] = step?.DeepClone() ?? new JsonObject() })).Is(HttpStatusCode.OK);
        return [.. answer["items"]!["dropdown"]!["selectList"]!["items"]!.AsArray().Select(i => ((string)i!["text"]!, (string)i["value"]!))];
    }
}
