using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

/// <summary>The pages of the connections there are.</summary>
internal static class ConnectionPages
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/", () => new SeeOther("/connections"));
        pages.MapGet("/connections", ListAsync);
        pages.MapGet("/connections/{id:guid}", (Guid id, HttpContext context, ConnectionSetup setup, ConnectionViews views, CancellationToken token) => ShowAsync<ConnectionPage>(id, context, setup, views, token));
        pages.MapGet("/connections/{id:guid}/connected", (Guid id, HttpContext context, ConnectionSetup setup, ConnectionViews views, CancellationToken token) => ShowAsync<ConnectedPage>(id, context, setup, views, token));
        pages.MapGet("/connections/{id:guid}/disconnect", (Guid id, HttpContext context, ConnectionSetup setup, ConnectionViews views, CancellationToken token) => ShowAsync<DisconnectPage>(id, context, setup, views, token));
        pages.MapPost("/connections/{id:guid}/disconnect", DisconnectAsync);
        pages.MapPost("/connections/{id:guid}/test", TestAsync);
        pages.MapPost("/connections/{id:guid}/default", MakeDefaultAsync);
    }

    private static async Task<IResult> ListAsync(
        [FromQuery] string? q, [FromQuery] string? health, [FromQuery] string? definition, HttpContext context,
        ConnectionSetup setup, IConnectionStore store, IConnectorProfiles connectors, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        var model = new ConnectionList
        {
            Caller = caller,
            Definitions = await store.ListDefinitionsAsync(caller.Tenant, cancellationToken),
            All = await setup.ListAsync(caller, new ConnectionFilter(), cancellationToken),
            Search = string.IsNullOrWhiteSpace(q) ? null : q.Trim(),
            Health = Enum.TryParse<Health>(health, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) ? parsed : null,
            Definition = string.IsNullOrEmpty(definition) ? null : definition,
            Connectors = connectors,
        };
        return Page.Of<ConnectionsPage>(new() { ["Model"] = model });
    }

    private static async Task<IResult> ShowAsync<TPage>(Guid id, HttpContext context, ConnectionSetup setup, ConnectionViews views, CancellationToken cancellationToken, ProbeResult? tested = null)
        where TPage : Microsoft.AspNetCore.Components.IComponent
    {
        var caller = context.Caller();
        if (await setup.FindAsync(caller, new(id), cancellationToken) is not { } connection)
            return NoSuch();
        var (definition, connector, scheme) = await views.DescribeAsync(connection, cancellationToken);
        return Page.Of<TPage>(new() { ["Model"] = new ConnectionDetail(connection, definition, connector, scheme, caller.User, await views.CanBeMadeDefaultAsync(connection, cancellationToken), tested) });
    }

    // The form says nothing but its token; reading it as a form is what has the token checked.
    private static async Task<IResult> TestAsync(
        Guid id, [FromForm] IFormCollection form, HttpContext context, ConnectionSetup setup, ConnectionViews views, Prober prober, CancellationToken cancellationToken)
    {
        if (await setup.FindAsync(context.Caller(), new(id), cancellationToken) is null)
            return NoSuch();
        var result = await prober.ProbeAsync(new(id), Actor.Of(context.Caller().User), cancellationToken);
        return await ShowAsync<ConnectionPage>(id, context, setup, views, cancellationToken, result);
    }

    private static async Task<IResult> DisconnectAsync(Guid id, [FromForm] IFormCollection form, HttpContext context, ConnectionSetup setup, CancellationToken cancellationToken) =>
        await setup.DisconnectAsync(context.Caller(), new(id), cancellationToken) switch
        {
            SetupResult<Disconnection>.Done { Value.Revocation: RevocationOutcome.Failed } => new SeeOther($"/connections/{id}?revocation=failed"),
            SetupResult<Disconnection>.Done => new SeeOther($"/connections/{id}"),
            _ => NoSuch(),
        };

    private static async Task<IResult> MakeDefaultAsync(Guid id, [FromForm] IFormCollection form, HttpContext context, ConnectionSetup setup, CancellationToken cancellationToken) =>
        await setup.MakeDefaultAsync(context.Caller(), new(id), cancellationToken) switch
        {
            SetupResult<Connection>.Done => new SeeOther($"/connections/{id}"),
            SetupResult<Connection>.Conflict conflict => Page.Of<ErrorPage>(new() { ["Title"] = "It cannot be the default now", ["Detail"] = conflict.Reason, ["BackTo"] = $"/connections/{id}" }, StatusCodes.Status409Conflict),
            _ => NoSuch(),
        };

    private static IResult NoSuch() =>
        Page.Of<ErrorPage>(new() { ["Title"] = "There is no such connection", ["Detail"] = "The address is wrong, or the connection belongs to somebody else." }, StatusCodes.Status404NotFound);
}
