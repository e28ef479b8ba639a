using System.Text;
using System.Text.Json.Nodes;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>The lists that Studio fills its editors with.</summary>
internal static class StudioLookups
{
    private static readonly StudioDocument s_nothing = Of();

    // The first of each is shown as chosen where a recipe says nothing.
    private static readonly StudioDocument s_strategies = Of(new JsonObject { ["typeName"] = "Recipes.Always", ["displayName"] = "Always", ["description"] = "Each call begins a run of its own." });
    private static readonly StudioDocument s_logging = Of(new JsonObject { ["typeName"] = "Recipes.Journal", ["displayName"] = "Journal", ["description"] = "What each step did is kept, without secrets." });

    private static readonly StudioDocument s_expressions = Of(
        Expression("Literal", "Literal"), Expression("Handlebars", "Template", "handlebars"), Expression("Object", "Object", "json"), Expression("Variable", "Variable"), Expression("Input", "Input"));

    private static readonly StudioDocument s_variables = Of(
    [
        .. ((string[])["String", "Boolean", "Int32", "Int64", "Decimal", "Double"]).Select(t => Variable(t, "Primitives")),
        .. ((string[])["DateTimeOffset", "DateOnly", "TimeOnly", "TimeSpan", "Guid"]).Select(t => Variable(t, "Time and ids")),
        .. ((string[])["Object", "ObjectDictionary"]).Select(t => Variable(t, "Data")),
    ]);

    private static readonly StudioDocument s_storage = Of(new JsonObject
    {
        ["typeName"] = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core",
        ["displayName"] = "Run",
        ["priority"] = 5,
        ["deprecated"] = false,
    });

    private static readonly StudioDocument s_version = StudioDocument.Of("{\"packageVersion\":\"3.8.2\"}"u8.ToArray());

    public static void Map(IEndpointRouteBuilder studio)
    {
        var descriptors = studio.MapGroup("/descriptors");
        descriptors.MapGet("/activities", async (HttpContext context, Toolbox toolbox, CancellationToken cancellationToken) => (await toolbox.ReadAsync(context.Caller().Tenant, cancellationToken)).Send(context));
        Send(descriptors, "/expression-descriptors", s_expressions);
        Send(descriptors, "/variables", s_variables);
        Send(descriptors, "/storage-drivers", s_storage);
        Send(descriptors, "/workflow-activation-strategies", s_strategies);
        Send(descriptors, "/log-persistence-strategies", s_logging);
        foreach (var empty in (string[])["/incident-strategies", "/commit-strategies/workflows", "/commit-strategies/activities", "/output-converters"])
            Send(descriptors, empty, s_nothing);
        Send(studio, "/features/installed", s_nothing);
        Send(studio, "/package/version", s_version);
        studio.MapGet("/features/installed/{name}", () => Problem.NotFound("This feature is not installed."));
        studio.MapPost("/scripting/javascript/type-definitions/{definitionId}", () => TypedResults.Text("", "text/plain"));
    }

    private static void Send(IEndpointRouteBuilder routes, string address, StudioDocument document) => routes.MapGet(address, (HttpContext context) => document.Send(context));

    private static StudioDocument Of(params JsonObject[] items) =>
        StudioDocument.Of(Encoding.UTF8.GetBytes(new JsonObject { ["items"] = new JsonArray([.. items]), ["count"] = items.Length }.ToJsonString()));

    private static JsonObject Expression(string type, string label, string? language = null) => new()
    {
        ["type"] = type,
        ["displayName"] = label,
        ["isSerializable"] = true,
        ["isBrowsable"] = true,
        ["properties"] = language is null ? [] : new JsonObject { ["MonacoLanguage"] = language },
    };

    private static JsonObject Variable(string type, string category) => new() { ["typeName"] = type, ["displayName"] = type, ["category"] = category, ["description"] = null };
}
