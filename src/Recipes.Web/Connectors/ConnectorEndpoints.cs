using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Recipes.Connectors;

namespace Recipes.Web;

internal static class ConnectorEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/connectors").WithTags("Connectors");
        group.MapGet("/", List).WithName("ListConnectors").WithSummary("List the connectors with their schemes and fields, and what is wrong with files that were left out");
        group.MapGet("/{name}", Get).WithName("GetConnector").WithSummary("Read one connector").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Ok<ConnectorListReply> List(ConnectorCatalogue connectors) =>
        TypedResults.Ok(new ConnectorListReply([.. connectors.Connectors.Select(c => ConnectorReply.Of(c.Profile))], [.. connectors.Faults.Select(ConnectorFaultReply.Of)]));

    private static Results<Ok<ConnectorReply>, ProblemHttpResult> Get(string name, IConnectorProfiles connectors) =>
        connectors.Find(name) is { } connector ? TypedResults.Ok(ConnectorReply.Of(connector)) : Problem.NotFound($"There is no connector '{name}'. GET /api/connectors lists those there are.");
}
