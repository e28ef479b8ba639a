using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

internal static class DefinitionEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/connection-definitions").WithTags("Connection definitions");
        group.MapPost("/", CreateAsync).WithName("CreateConnectionDefinition").WithSummary("Set up a connection definition; takes the privilege manageDefinitions")
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(409);
        group.MapGet("/", ListAsync).WithName("ListConnectionDefinitions").WithSummary("List the connection definitions");
        group.MapGet("/{key}", GetAsync).WithName("GetConnectionDefinition").WithSummary("Read one connection definition").ProducesProblem(404);
        group.MapPatch("/{key}", ChangeAsync).WithName("ChangeConnectionDefinition").WithSummary("Change what is given of a connection definition; takes the privilege manageDefinitions")
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        group.MapDelete("/{key}", RemoveAsync).WithName("DeleteConnectionDefinition").WithSummary("Remove a connection definition with its connections, whose grants are given back; refused while something uses it, unless forced")
            .ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<Results<Ok<IReadOnlyList<GivenBackReply>>, ProblemHttpResult>> RemoveAsync(
        string key, [FromQuery] bool? force, HttpContext context, DefinitionRemoval removal, CancellationToken cancellationToken) =>
        await removal.RemoveAsync(context.Caller(), key, force ?? false, cancellationToken) switch
        {
            SetupResult<RemovedDefinition>.Done { Value.Connections: var connections } => TypedResults.Ok<IReadOnlyList<GivenBackReply>>([.. connections.Select(GivenBackReply.Of)]),
            var other => Problem.From(other),
        };

    private static async Task<Results<Created<DefinitionReply>, ProblemHttpResult>> CreateAsync(
        DefinitionRequest request, HttpContext context, DefinitionSetup setup, PublicAddress address, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.Connector))
            return Problem.Invalid("connector", "The name of a connector is needed. GET /api/connectors lists those there are.");
        return await setup.CreateAsync(context.Caller(), request.ToNew(), cancellationToken) switch
        {
            SetupResult<ConnectionDefinition>.Done { Value: var definition } =>
                TypedResults.Created($"/api/connection-definitions/{definition.Key}", DefinitionReply.Of(definition, address)),
            var other => Problem.From(other),
        };
    }

    private static async Task<Ok<IReadOnlyList<DefinitionReply>>> ListAsync(HttpContext context, IConnectionStore store, PublicAddress address, CancellationToken cancellationToken)
    {
        var all = await store.ListDefinitionsAsync(context.Caller().Tenant, cancellationToken);
        return TypedResults.Ok<IReadOnlyList<DefinitionReply>>([.. all.Select(d => DefinitionReply.Of(d, address))]);
    }

    private static async Task<Results<Ok<DefinitionReply>, ProblemHttpResult>> GetAsync(
        string key, HttpContext context, IConnectionStore store, PublicAddress address, CancellationToken cancellationToken) =>
        StableKey.TryParse(key, out var parsed) && await store.FindDefinitionAsync(context.Caller().Tenant, parsed, cancellationToken) is { } definition
            ? TypedResults.Ok(DefinitionReply.Of(definition, address))
            : Problem.NotFound($"There is no connection definition '{key}'.");

    private static async Task<Results<Ok<DefinitionReply>, ProblemHttpResult>> ChangeAsync(
        string key, DefinitionChangeRequest request, HttpContext context, DefinitionSetup setup, PublicAddress address, CancellationToken cancellationToken) =>
        await setup.ChangeAsync(context.Caller(), key, request.ToChange(), cancellationToken) switch
        {
            SetupResult<ConnectionDefinition>.Done { Value: var definition } => TypedResults.Ok(DefinitionReply.Of(definition, address)),
            var other => Problem.From(other),
        };
}
