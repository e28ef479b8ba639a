using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Writes versions of recipes, and what came of changing them, the way Studio reads them.</summary>
internal sealed class StudioAnswers(StudioForm form)
{
    private const string ToolVersion = "3.8.2";

    public JsonObject Summary(DesignedVersion version, bool mayEdit) => new()
    {
        ["links"] = Links(version, mayEdit),
        ["id"] = version.Id.ToString(),
        ["definitionId"] = version.Id.Recipe,
        ["name"] = version.Title,
        ["description"] = version.Description,
        ["version"] = version.Number,
        ["toolVersion"] = ToolVersion,
        ["isLatest"] = version.IsLatest,
        ["isPublished"] = version.IsPublished,
        ["providerName"] = null,
        ["materializerName"] = "Json",
        ["createdAt"] = version.At,
        ["isReadonly"] = !mayEdit || !version.IsLatest,
        ["isMaterializerAvailable"] = true,
    };

    public JsonObject Definition(DesignedVersion version, JsonObject source, bool mayEdit)
    {
        var shown = form.Show(source, version.Id.Recipe);
        ((JsonObject)shown["customProperties"]!)[RecipeSaver.Revision] = version.Revision;
        ActivityJson.SetNodeIds((JsonObject)shown["root"]!);
        var answer = new JsonObject
        {
            ["links"] = Links(version, mayEdit),
            ["id"] = version.Id.ToString(),
            ["definitionId"] = version.Id.Recipe,
            ["createdAt"] = version.At,
            ["version"] = version.Number,
            ["toolVersion"] = ToolVersion,
            ["isLatest"] = version.IsLatest,
            ["isPublished"] = version.IsPublished,
            ["isReadonly"] = !mayEdit || !version.IsLatest,
            ["isSystem"] = false,
        };
        foreach (var (member, value) in shown.ToList())
        {
            shown.Remove(member);
            answer[member] = value;
        }

        return answer;
    }

    public IResult Saved(SaveResult result)
    {
        if (result is not SaveResult.Saved saved)
            return NotSaved(result);
        return Json(new()
        {
            ["workflowDefinition"] = Definition(saved.Version, saved.Source, mayEdit: true),
            ["alreadyPublished"] = saved.WasPublished,
            ["consumingWorkflowCount"] = 0,
            ["faults"] = new JsonArray([.. saved.Faults.Select(f => Fault(f, "fault")), .. saved.Warnings.Select(w => Fault(w, "warning"))]),
        });
    }

    /// <summary>Studio shows the messages of a 400; any other refusal would break it.</summary>
    public static IResult NotSaved(SaveResult result) => result switch
    {
        SaveResult.Refused refused => Refusal("The recipe cannot be published yet", refused.Faults),
        SaveResult.Invalid invalid => Refusal("The recipe was not stored", invalid.Reason),
        SaveResult.Conflict conflict => Refusal("The recipe was changed meanwhile", conflict.Reason, isConflict: true),
        SaveResult.NotFound gone => Refusal("The recipe is not there any more", $"'{gone.Recipe}' was deleted meanwhile. What you see is only in this window: keep it as a file, which the list of recipes takes by Import.", isConflict: true, isGone: true),
        _ => throw new InvalidOperationException($"Unknown result {result.GetType().Name}."),
    };

    public static IResult Refusal(string title, string message, bool isConflict = false, bool isGone = false)
    {
        var problem = Of(title, message, new() { ["recipe"] = [message] });
        if (isConflict)
            problem.Extensions["conflict"] = true;
        if (isGone)
            problem.Extensions["gone"] = true;
        return TypedResults.Problem(problem);
    }

    public static IResult Json(JsonObject answer) => TypedResults.Text(answer.ToJsonString(), "application/json; charset=utf-8");

    /// <returns>Null when the body is no JSON object.</returns>
    public static async Task<JsonObject?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonNode.ParseAsync(request.Body, documentOptions: RecipeDesigner.JsonOptions, cancellationToken: cancellationToken) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static IResult NoJson() => Problem.Invalid("body", "This is no JSON object.");

    private static IResult Refusal(string title, IReadOnlyList<RecipeFault> faults)
    {
        var errors = faults.GroupBy(f => f.Activity ?? "recipe").ToDictionary(g => g.Key, g => g.Select(f => Words(f)).ToArray());
        var problem = Of(title, faults is [var only] ? Words(only) : $"{faults.Count} things have to be put right.", errors);
        problem.Extensions["faults"] = faults.Select(f => Fault(f, "fault")).ToArray();
        return TypedResults.Problem(problem);
    }

    private static ProblemDetails Of(string title, string detail, Dictionary<string, string[]> errors)
    {
        var problem = new ProblemDetails { Status = StatusCodes.Status400BadRequest, Type = "urn:recipes:problem:not-saved", Title = title, Detail = detail };
        problem.Extensions["errors"] = errors;
        return problem;
    }

    private static JsonObject Fault(RecipeFault fault, string severity) => new() { ["severity"] = severity, ["step"] = fault.Activity, ["place"] = fault.Path, ["message"] = fault.Message };

    private static string Words(RecipeFault fault) => fault.Activity is { } step ? $"{step}: {fault.Message}" : fault.Message;

    // Their rels decide what Studio lets people do.
    private static JsonArray Links(DesignedVersion version, bool mayEdit) => mayEdit && version.IsLatest
        ? [.. ((string[])["publish", "retract", "delete", "export", "execute"]).Select(rel => Link($"/workflow-definitions/{version.Id.Recipe}/{rel}", rel))]
        : [];

    public static JsonObject Link(string address, string rel) => new() { ["href"] = address, ["rel"] = rel, ["method"] = "POST" };
}
