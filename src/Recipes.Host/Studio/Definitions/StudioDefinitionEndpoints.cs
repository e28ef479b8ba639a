using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Recipes as workflow definitions: what Studio lists, opens, saves and publishes.</summary>
internal static class StudioDefinitionEndpoints
{
    private const int LargestBody = 5 * 1024 * 1024;
    private const int DefaultPage = 10;
    private const int LargestPage = 1000;

    public static void Map(IEndpointRouteBuilder studio)
    {
        var definitions = studio.MapGroup("/workflow-definitions");
        definitions.MapGet("", ListAsync);
        definitions.MapGet("/by-definition-id/{definitionId}", FindLatestAsync);
        definitions.MapGet("/by-id/{id}", FindVersionAsync);
        definitions.MapGet("/many-by-id", FindManyAsync);
        definitions.MapGet("/validation/is-name-unique", IsNameUniqueAsync);
        definitions.MapGet("/subgraph/{id}", SubgraphAsync);
        definitions.MapGet("/subgraph/segments/{id}", SegmentsAsync);
        definitions.MapPost("", SaveAsync).WithMetadata(new RequestSizeLimitAttribute(LargestBody));
        definitions.MapPost("/{definitionId}/publish", PublishAsync);
        definitions.MapPost("/{definitionId}/retract", RetractAsync);
        definitions.MapDelete("/{definitionId}", RemoveAsync);
        definitions.MapPost("/{definitionId}/revert/{version:int}", RevertAsync);
        studio.MapDelete("/workflow-definition-versions/{id}", RemoveVersionAsync);
    }

    public static bool MayEdit(this HttpContext context) => context.Caller().Has(Privileges.ManageDefinitions);

    public static IResult Forbidden() => Problem.Forbidden("Changing recipes takes the privilege manageDefinitions.");

    /// <summary>The window that sends a request, where the page says so.</summary>
    public static string? EditorOf(HttpContext context) => context.Request.Headers["X-Recipes-Tab"] is [{ Length: > 0 and <= 100 } tab] ? tab : null;

    private static async Task<IResult> ListAsync(HttpContext context, RecipeDesigner designer, StudioAnswers answers, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var options = VersionOptions.Parse(query["versionOptions"]);
        var (ids, definitionIds) = (query["Ids"].OfType<string>().ToHashSet(), query["DefinitionIds"].OfType<string>().ToHashSet());
        var term = query["SearchTerm"].ToString().Trim();
        var found = new List<DesignedVersion>();
        if (query["IsSystem"].ToString().Equals("true", StringComparison.OrdinalIgnoreCase))
            return Page(found, 0, context, answers, 0);
        var wanted = definitionIds.Count > 0 ? definitionIds : [.. ids.Select(id => StudioVersion.TryParse(id, out var version) ? version.Recipe : "")];
        List<DesignedVersion> all = [];
        // A page of runs asks again and again for the few recipes that ran.
        if (wanted.Count is 0 or > DefaultPage)
            all.AddRange(await designer.ListAsync(null, cancellationToken));
        foreach (var recipe in wanted.Count <= DefaultPage ? wanted : [])
            all.AddRange(await designer.ListAsync(recipe, cancellationToken));
        found.AddRange(all.Where(v => (ids.Count == 0 || ids.Contains(v.Id.ToString())) && (definitionIds.Count == 0 || definitionIds.Contains(v.Id.Recipe)) && options.Takes(v)
            && (term.Length == 0 || new[] { v.Title, v.Description, v.Id.Recipe }.Any(t => t?.Contains(term, StringComparison.OrdinalIgnoreCase) == true))));
        // Runs are listed with the version that they ran, published or not.
        foreach (var id in ids.Except(all.Select(v => v.Id.ToString())))
        {
            if (StudioVersion.TryParse(id, out var version) && await designer.FindRunAsync(version, cancellationToken) is { } ran)
                found.Add(ran);
        }

        var sorted = Sort(found, query["OrderBy"], query["OrderDirection"]);
        var size = Math.Clamp(Number(query["PageSize"], ids.Count > 0 ? LargestPage : query.ContainsKey("Page") ? DefaultPage : LargestPage), 1, LargestPage);
        var page = Math.Max(0, Number(query["Page"], 0));
        return Page([.. sorted.Skip((int)Math.Min(int.MaxValue, (long)page * size)).Take(size)], page, context, answers, found.Count);
    }

    private static IResult Page(IReadOnlyList<DesignedVersion> versions, int page, HttpContext context, StudioAnswers answers, int total)
    {
        var mayEdit = context.MayEdit();
        return StudioAnswers.Json(new()
        {
            ["items"] = new JsonArray([.. versions.Select(v => answers.Summary(v, mayEdit))]),
            ["page"] = page,
            ["totalCount"] = total,
            ["links"] = mayEdit ? new JsonArray([.. ((string[])["bulk-publish", "bulk-retract", "bulk-delete", "bulk-export", "import"]).Select(rel => StudioAnswers.Link("/workflow-definitions", rel))]) : [],
        });
    }

    private static IEnumerable<DesignedVersion> Sort(List<DesignedVersion> versions, string? by, string? direction)
    {
        var sorted = by?.ToUpperInvariant() switch
        {
            "VERSION" => versions.OrderBy(v => v.Number).ThenBy(v => v.Id.Recipe, StringComparer.Ordinal),
            "CREATED" or "CREATEDAT" => versions.OrderBy(v => v.At),
            _ => versions.OrderBy(v => v.Title, StringComparer.OrdinalIgnoreCase).ThenBy(v => v.Id.Recipe, StringComparer.Ordinal).ThenBy(v => v.Number),
        };
        return string.Equals(direction, "Descending", StringComparison.OrdinalIgnoreCase) ? sorted.Reverse() : sorted;
    }

    private static int Number(string? text, int otherwise) => int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static async Task<IResult> FindLatestAsync(string definitionId, HttpContext context, RecipeDesigner designer, StudioAnswers answers, CancellationToken cancellationToken)
    {
        var options = VersionOptions.Parse(context.Request.Query["versionOptions"]);
        if (options.Wanted is VersionOptions.Kind.All or VersionOptions.Kind.Latest)
            return await designer.FindLatestAsync(definitionId, cancellationToken) is { } latest ? StudioAnswers.Json(answers.Definition(latest.Version, latest.Source, context.MayEdit())) : NoSuch(definitionId);
        return await designer.FindAsync(definitionId, options, cancellationToken) is { } one ? StudioAnswers.Json(answers.Definition(one.Version, one.Source, context.MayEdit())) : NoSuch(definitionId);
    }

    private static async Task<IResult> FindVersionAsync(string id, HttpContext context, RecipeDesigner designer, StudioAnswers answers, CancellationToken cancellationToken) =>
        StudioVersion.TryParse(id, out var version) && await designer.FindAsync(version, cancellationToken) is { } one
            ? StudioAnswers.Json(answers.Definition(one.Version, one.Source, context.MayEdit()))
            : NoSuch(id);

    private static async Task<IResult> FindManyAsync([FromQuery] string[] ids, HttpContext context, RecipeDesigner designer, StudioAnswers answers, CancellationToken cancellationToken)
    {
        var items = new JsonArray();
        foreach (var id in ids.Take(LargestPage))
        {
            if (StudioVersion.TryParse(id, out var version) && await designer.FindAsync(version, cancellationToken) is { } one)
                items.Add(answers.Definition(one.Version, one.Source, context.MayEdit()));
        }

        return StudioAnswers.Json(new() { ["items"] = items, ["count"] = items.Count });
    }

    private static async Task<IResult> IsNameUniqueAsync([FromQuery] string? name, [FromQuery] string? definitionId, RecipeDesigner designer, CancellationToken cancellationToken)
    {
        var all = await designer.ListAsync(null, cancellationToken);
        return StudioAnswers.Json(new() { ["isUnique"] = !all.Any(v => v.IsLatest && v.Id.Recipe != definitionId && string.Equals(v.Title, name?.Trim(), StringComparison.OrdinalIgnoreCase)) });
    }

    private static async Task<IResult> SaveAsync(HttpContext context, RecipeSaver saver, StudioAnswers answers, CancellationToken cancellationToken)
    {
        if (!context.MayEdit())
            return Forbidden();
        if (await StudioAnswers.ReadAsync(context.Request, cancellationToken) is not { } request || request["model"] is not JsonObject model)
            return StudioAnswers.NoJson();
        var publish = request["publish"] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;
        return answers.Saved(await saver.SaveAsync(model, publish, context.Caller(), EditorOf(context), cancellationToken));
    }

    private static async Task<IResult> PublishAsync(string definitionId, HttpContext context, RecipePublisher publisher, StudioAnswers answers, CancellationToken cancellationToken) =>
        context.MayEdit() ? answers.Saved(await publisher.PublishAsync(definitionId, context.Caller(), EditorOf(context), cancellationToken)) : Forbidden();

    private static async Task<IResult> RetractAsync(string definitionId, HttpContext context, RecipePublisher publisher, StudioAnswers answers, CancellationToken cancellationToken)
    {
        if (!context.MayEdit())
            return Forbidden();
        var result = await publisher.RetractAsync(definitionId, context.Caller(), cancellationToken);
        return result is SaveResult.Saved saved ? StudioAnswers.Json(answers.Definition(saved.Version, saved.Source, mayEdit: true)) : StudioAnswers.NotSaved(result);
    }

    private static async Task<IResult> RemoveAsync(string definitionId, HttpContext context, RecipePublisher publisher, CancellationToken cancellationToken)
    {
        if (!context.MayEdit())
            return Forbidden();
        return await publisher.RemoveAsync(definitionId, cancellationToken) switch
        {
            null => TypedResults.NoContent(),
            SaveResult.NotFound => NoSuch(definitionId),
            var problem => StudioAnswers.NotSaved(problem),
        };
    }

    private static async Task<IResult> RevertAsync(string definitionId, int version, HttpContext context, RecipeSaver saver, StudioAnswers answers, CancellationToken cancellationToken)
    {
        if (!context.MayEdit())
            return Forbidden();
        var result = await saver.RevertAsync(definitionId, version, context.Caller(), EditorOf(context), cancellationToken);
        return result is SaveResult.Saved saved ? StudioAnswers.Json(answers.Summary(saved.Version, mayEdit: true)) : StudioAnswers.NotSaved(result);
    }

    private static async Task<IResult> RemoveVersionAsync(string id, HttpContext context, RecipePublisher publisher, CancellationToken cancellationToken)
    {
        if (!context.MayEdit())
            return Forbidden();
        if (!StudioVersion.TryParse(id, out var version))
            return NoSuch(id);
        return await publisher.RemoveAsync(version, cancellationToken) is { } problem ? StudioAnswers.NotSaved(problem) : TypedResults.NoContent();
    }

    // The part of a definition that is inside one activity.
    private static async Task<IResult> SubgraphAsync(string id, [FromQuery] string? parentNodeId, HttpContext context, RecipeDesigner designer, StudioAnswers answers, CancellationToken cancellationToken)
    {
        var root = await RootAsync(id, context, designer, answers, cancellationToken);
        var node = root is null ? null : ActivityJson.AllOf(root).FirstOrDefault(a => string.IsNullOrEmpty(parentNodeId) || a.Text("nodeId") == parentNodeId);
        return node is null ? NoSuch(parentNodeId ?? id) : StudioAnswers.Json(Node(node));
    }

    // The way from the root to the container that an activity is in.
    private static async Task<IResult> SegmentsAsync(string id, [FromQuery] string? childNodeId, HttpContext context, RecipeDesigner designer, StudioAnswers answers, CancellationToken cancellationToken)
    {
        if (await RootAsync(id, context, designer, answers, cancellationToken) is not { } root || FindWay(root, childNodeId) is not { Count: > 0 } way)
            return NoSuch(childNodeId ?? id);
        var segments = new JsonArray();
        for (var i = 1; i < way.Count; i++)
        {
            segments.Add(new JsonObject
            {
                ["activityNodeId"] = way[i - 1].Text("nodeId"),
                ["activityId"] = way[i - 1].Text("id"),
                ["activityType"] = way[i - 1].Text("type"),
                ["portName"] = PortOf(way[i - 1], way[i]),
            });
        }

        var container = way.Count > 1 ? way[^2] : way[^1];
        return StudioAnswers.Json(new() { ["childNode"] = Node(way[^1]), ["container"] = Node(container), ["pathSegments"] = segments });
    }

    private static async Task<JsonObject?> RootAsync(string id, HttpContext context, RecipeDesigner designer, StudioAnswers answers, CancellationToken cancellationToken) =>
        StudioVersion.TryParse(id, out var version) && await designer.FindAsync(version, cancellationToken) is { } one ? answers.Definition(one.Version, one.Source, context.MayEdit())["root"] as JsonObject : null;

    private static List<JsonObject> FindWay(JsonObject activity, string? nodeId)
    {
        if (activity.Text("nodeId") == nodeId)
            return [activity];
        foreach (var child in ActivityJson.ChildrenOf(activity))
        {
            if (FindWay(child, nodeId) is { Count: > 0 } way)
                return [activity, .. way];
        }

        return [];
    }

    private static string PortOf(JsonObject parent, JsonObject child)
    {
        foreach (var (member, value) in parent)
        {
            if (ReferenceEquals(value, child))
                return $"{char.ToUpperInvariant(member[0])}{member.AsSpan(1)}";
            if (member == "cases" && value is JsonArray cases && cases.FirstOrDefault(c => ReferenceEquals(c?["activity"], child)).Text("label") is { } label)
                return label;
        }

        return "Activities";
    }

    private static JsonObject Node(JsonObject activity) => new()
    {
        ["nodeId"] = activity.Text("nodeId"),
        ["port"] = "Root",
        ["activity"] = activity.DeepClone(),
        ["children"] = new JsonArray([.. ActivityJson.ChildrenOf(activity).Select(c => new JsonObject { ["nodeId"] = c.Text("nodeId"), ["port"] = PortOf(activity, c), ["activity"] = c.DeepClone(), ["children"] = new JsonArray() })]),
    };

    private static IResult NoSuch(string id) => Problem.NotFound($"There is no recipe or version '{id}' any more.");
}
