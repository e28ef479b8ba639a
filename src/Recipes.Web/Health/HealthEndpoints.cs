using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

/// <summary>The REST surface of what needs somebody.</summary>
internal static class HealthEndpoints
{
    private const int MostPerGroup = 200;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/connection-health", GetAsync).WithTags("Connections").WithName("GetConnectionHealth")
            .WithSummary("What needs somebody, the most pressing first, and the health of every definition's connections; those of each kind are in GET /api/connections?attention=…").ProducesProblem(400);

    private static async Task<Results<Ok<HealthReply>, ProblemHttpResult>> GetAsync(
        [FromQuery] int? limit, HttpContext context, ConnectionOverview overview, ConnectionViews views, IConnectorProfiles connectors, NextChecks checks, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MostPerGroup)
            return Problem.Invalid("limit", $"1 to {MostPerGroup}.");
        var caller = context.Caller();
        var health = await HealthOverview.ReadAsync(caller, overview, connectors, checks, limit ?? 20, cancellationToken);
        return TypedResults.Ok(new HealthReply(
            health.Summary.Urgent,
            [.. health.Summary.RejectedClients.Select(d => new RejectedClientReply(d.Definition.Key.Value, d.Definition.DisplayName, FailureReply.Of(d.Definition.ClientFailure)!, d.Connected))],
            [.. health.Summary.Incidents.Select(i => new IncidentReply(i.Id, i.Provider.Connector, i.Provider.Host, i.OpenedAt, i.Affected, i.Tries, i.NextTryAt, AttentionWords.Guidance(Attention.ProviderIncident)))],
            [.. health.Groups.Select(g => new HealthGroupReply(
                g.Attention, Attentions.Urgent.Contains(g.Attention), AttentionWords.Guidance(g.Attention), g.Count, [.. g.Newest.Select(n => views.Of(n.Connection, n.Definition, g.NextCheckOf(n.Connection)))]))],
            [.. health.Summary.Definitions.Select(d => new DefinitionHealthReply(
                d.Definition.Key.Value, d.Definition.DisplayName, d.Definition.Connector,
                d.Healths.GetValueOrDefault(Health.Green), d.Healths.GetValueOrDefault(Health.Yellow), d.Healths.GetValueOrDefault(Health.Red), d.Healths.GetValueOrDefault(Health.Grey)))]));
    }
}
