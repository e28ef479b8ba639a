using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

/// <summary>The page of alerts.</summary>
internal static class AlertPages
{
    private const int Shown = 100;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/alerts", (HttpContext context, AlertTest test, IAlertOutbox outbox, ConnectionSetup setup, IConnectionStore store, CancellationToken token) => ShowAsync(context, test, outbox, setup, store, null, token));
        pages.MapPost("/alerts/test", TestAsync);
    }

    private static async Task<IResult> ShowAsync(
        HttpContext context, AlertTest test, IAlertOutbox outbox, ConnectionSetup setup, IConnectionStore store, IReadOnlyList<AlertTestReply>? tested, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (!caller.Has(Privileges.ManageConnections))
            return Page.Of<ErrorPage>(new() { ["Title"] = "This is not permitted", ["Detail"] = "Alerts tell of everybody's connections: they take the privilege to manage connections." }, StatusCodes.Status403Forbidden);
        var deliveries = await outbox.ListAsync(caller.Tenant, Shown, cancellationToken);
        var names = new Dictionary<Guid, string>();
        foreach (var id in deliveries.Select(d => d.Alert.Connection).OfType<ConnectionId>().Distinct())
        {
            if (await setup.FindAsync(caller, id, cancellationToken) is { } connection)
                names[id.Value] = connection.Record.DisplayName;
        }

        return Page.Of<AlertsPage>(new()
        {
            ["Targets"] = test.Targets,
            ["Deliveries"] = deliveries,
            ["Connections"] = names,
            ["Definitions"] = (IReadOnlyDictionary<Guid, ConnectionDefinition>)(await store.ListDefinitionsAsync(caller.Tenant, cancellationToken)).ToDictionary(d => d.Id.Value),
            ["Tested"] = tested,
        });
    }

    // The form says nothing but its token; reading it as a form is what has the token checked.
    private static async Task<IResult> TestAsync(
        [FromForm] IFormCollection form, HttpContext context, AlertTest test, IAlertOutbox outbox, ConnectionSetup setup, IConnectionStore store, CancellationToken cancellationToken)
    {
        var tested = context.Caller().Has(Privileges.ManageConnections)
            ? (await test.RunAsync(context.Caller().Tenant, cancellationToken)).Select(r => AlertTestReply.Of(r.Target, r.Outcome)).ToList()
            : null;
        return await ShowAsync(context, test, outbox, setup, store, tested, cancellationToken);
    }
}
