using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

internal static class AlertEndpoints
{
    private const int Most = 200;

    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/alerts").WithTags("Alerts").ProducesProblem(403);
        group.MapGet("/", ListAsync).WithName("ListAlerts").WithSummary("List the last alerts and how they fared with each target; takes the privilege manageConnections");
        group.MapPost("/test", TestAsync).WithName("TestAlerts").WithSummary("Send a test to every target that the settings name, at once, and say how each fared; takes the privilege manageConnections");
    }

    /// <param name="most">1 to 200, default 100.</param>
    private static async Task<Results<Ok<IReadOnlyList<AlertReply>>, ProblemHttpResult>> ListAsync([FromQuery] int? most, HttpContext context, IAlertOutbox outbox, CancellationToken cancellationToken)
    {
        if (!context.Caller().Has(Privileges.ManageConnections))
            return NotPermitted();
        if (most is < 1 or > Most)
            return Problem.Invalid("most", $"most is 1 to {Most}.");
        return TypedResults.Ok<IReadOnlyList<AlertReply>>([.. (await outbox.ListAsync(context.Caller().Tenant, most ?? 100, cancellationToken)).Select(AlertReply.Of)]);
    }

    private static async Task<Results<Ok<IReadOnlyList<AlertTestReply>>, ProblemHttpResult>> TestAsync(HttpContext context, AlertTest test, CancellationToken cancellationToken)
    {
        if (!context.Caller().Has(Privileges.ManageConnections))
            return NotPermitted();
        return TypedResults.Ok<IReadOnlyList<AlertTestReply>>([.. (await test.RunAsync(context.Caller().Tenant, cancellationToken)).Select(r => AlertTestReply.Of(r.Target, r.Outcome))]);
    }

    private static ProblemHttpResult NotPermitted() => Problem.Forbidden("Alerts tell of everybody's connections: they take the privilege manageConnections.");
}
