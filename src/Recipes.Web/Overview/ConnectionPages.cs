using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

/// <summary>The pages of the connections there are.</summary>
internal static class ConnectionPages
{
    private const int LogEntriesPerPage = 20;
    private const int HistoryDays = 30;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/", () => new SeeOther("/connections"));
        pages.MapGet("/connections", ListAsync);
        pages.MapGet("/connections/{id:guid}", (Guid id, HttpContext context, ConnectionDetails details, CancellationToken token) => ShowAsync(id, context, details, null, token));
        pages.MapGet("/connections/{id:guid}/connected", ConnectedAsync).MayBeEmbedded();
        pages.MapGet("/connections/{id:guid}/disconnect", (Guid id, HttpContext context, ConnectionDetails details, CancellationToken token) => ShowPlainAsync<DisconnectPage>(id, context, details, withUses: true, token));
        pages.MapGet("/connections/{id:guid}/delete", (Guid id, HttpContext context, ConnectionDetails details, CancellationToken token) => ShowPlainAsync<DeletePage>(id, context, details, withUses: true, token));
        pages.MapGet("/connections/{id:guid}/log", LogAsync);
        pages.MapPost("/connections/{id:guid}/disconnect", DisconnectAsync);
        pages.MapPost("/connections/{id:guid}/delete", DeleteAsync);
        pages.MapPost("/connections/{id:guid}/describe", DescribeAsync);
        pages.MapPost("/connections/{id:guid}/test", TestAsync);
        pages.MapPost("/connections/{id:guid}/default", MakeDefaultAsync);
    }

    private static async Task<IResult> ListAsync(
        [FromQuery] string? q, [FromQuery] string? health, [FromQuery] string? connector, [FromQuery] string? definition, [FromQuery] string? owner, [FromQuery] int? page, HttpContext context,
        ConnectionOverview overview, IConnectionStore store, IConnectorProfiles connectors, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        var definitions = await store.ListDefinitionsAsync(caller.Tenant, cancellationToken);
        var list = new ConnectionList
        {
            Caller = caller,
            Definitions = definitions,
            Search = string.IsNullOrWhiteSpace(q) ? null : q.Trim(),
            Health = Named<Health>(health),
            Attention = Named<Attention>(health) is { } attention and not Attention.None ? attention : null,
            Definition = string.IsNullOrEmpty(definition) ? null : definition,
            Connector = string.IsNullOrEmpty(connector) ? null : connector,
            Owner = string.IsNullOrEmpty(owner) ? null : owner,
            Number = Math.Clamp(page ?? 1, 1, ConnectionList.MostPages),
            Connectors = connectors,
        };
        return Page.Of<ConnectionsPage>(new()
        {
            ["Model"] = list with
            {
                Found = await overview.FindAsync(caller, list.Query, definitions, (list.Number - 1) * ConnectionList.PerPage, ConnectionList.PerPage, cancellationToken),
                Counts = await overview.CountAsync(caller, list.Query, definitions, cancellationToken),
            },
        });
    }

    private static T? Named<T>(string? text)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) && !char.IsAsciiDigit(text![0]) ? parsed : null;

    private static async Task<IResult> ShowAsync(Guid id, HttpContext context, ConnectionDetails details, ProbeResult? tested, CancellationToken cancellationToken) =>
        await details.FindAsync(context.Caller(), new(id), withUses: true, cancellationToken) is { } model
            ? Page.Of<ConnectionPage>(new() { ["Model"] = await details.WithPastAsync(model with { Tested = tested }, HistoryDays, LogEntriesPerPage, cancellationToken) })
            : NoSuch();

    private static async Task<IResult> ShowPlainAsync<TPage>(Guid id, HttpContext context, ConnectionDetails details, bool withUses, CancellationToken cancellationToken)
        where TPage : IComponent =>
        await details.FindAsync(context.Caller(), new(id), withUses, cancellationToken) is { } model ? Page.Of<TPage>(new() { ["Model"] = model }) : NoSuch();

    private static async Task<IResult> ConnectedAsync(
        Guid id, [FromQuery] string? recipe, [FromQuery] string? wizard, HttpContext context, ConnectionDetails details, IConnectionUses uses, CancellationToken cancellationToken) =>
        await details.FindAsync(context.Caller(), new(id), withUses: false, cancellationToken) is { } model
            ? Page.Of<ConnectedPage>(new() { ["Model"] = model, ["IsWizard"] = wizard == "1", ["Recipe"] = recipe, ["RecipeName"] = recipe is null ? null : uses.NameOfRecipe(recipe) })
            : NoSuch();

    private static async Task<IResult> LogAsync(Guid id, [FromQuery] long? before, HttpContext context, ConnectionSetup setup, IConnectionLog log, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (await setup.FindAsync(caller, new(id), cancellationToken) is not { } connection)
            return NoSuch();
        var entries = await log.ListAsync(connection.Id, before, LogEntriesPerPage + 1, cancellationToken);
        return Page.Of<LogPage>(new()
        {
            ["Connection"] = connection,
            ["Entries"] = entries.Take(LogEntriesPerPage).ToArray(),
            ["Reader"] = caller.User,
            ["Next"] = entries.Count > LogEntriesPerPage ? entries[LogEntriesPerPage - 1].Number : null,
            ["IsOlder"] = before is not null,
        });
    }

    // The form says nothing but its token; reading it as a form is what has the token checked.
    private static async Task<IResult> TestAsync(
        Guid id, [FromForm] IFormCollection form, HttpContext context, ConnectionSetup setup, ConnectionDetails details, Prober prober, CancellationToken cancellationToken)
    {
        if (await setup.FindAsync(context.Caller(), new(id), cancellationToken) is null)
            return NoSuch();
        try
        {
            var (result, _) = await prober.TestAsync(new(id), Actor.Of(context.Caller().User), cancellationToken);
            return await ShowAsync(id, context, details, result, cancellationToken);
        }
        catch (ConnectorGoneException e)
        {
            return Page.Of<ErrorPage>(new() { ["Title"] = "It cannot be tested now", ["Detail"] = e.Message, ["BackTo"] = $"/connections/{id}" }, StatusCodes.Status409Conflict);
        }
    }

    private static async Task<IResult> DisconnectAsync(Guid id, [FromForm] IFormCollection form, HttpContext context, ConnectionSetup setup, CancellationToken cancellationToken) =>
        // The page says what revocation came to.
        await setup.DisconnectAsync(context.Caller(), new(id), cancellationToken) is SetupResult<Disconnection>.Done ? new SeeOther($"/connections/{id}") : NoSuch();

    private static async Task<IResult> DeleteAsync(Guid id, [FromForm] IFormCollection form, HttpContext context, ConnectionSetup setup, ConnectionViews views, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (await setup.FindAsync(caller, new(id), cancellationToken) is not { } connection)
            return NoSuch();
        var (definition, connector, _) = await views.DescribeAsync(connection, cancellationToken);
        return await setup.RemoveAsync(caller, new(id), form["force"] == "true", cancellationToken) switch
        {
            SetupResult<Disconnection>.Done { Value.Revocation: RevocationOutcome.Failed { Failure: var failure } } =>
                Page.Of<NotRevokedPage>(new() { ["Name"] = connection.Record.DisplayName, ["App"] = connector?.DisplayName ?? definition.Connector, ["Failure"] = failure }),
            SetupResult<Disconnection>.Done => new SeeOther("/connections"),
            // It came into use since the page was shown: the page says by what.
            SetupResult<Disconnection>.InUse => new SeeOther($"/connections/{id}/delete"),
            _ => NoSuch(),
        };
    }

    private static async Task<IResult> DescribeAsync(Guid id, [FromForm] IFormCollection form, HttpContext context, ConnectionSetup setup, CancellationToken cancellationToken) =>
        await setup.DescribeAsync(context.Caller(), new(id), Named<AccountEnvironment>(form["environment"]), Named<AccountKind>(form["accountKind"]), cancellationToken) is SetupResult<Connection>.Done
            ? new SeeOther($"/connections/{id}")
            : NoSuch();

    private static async Task<IResult> MakeDefaultAsync(Guid id, [FromForm] IFormCollection form, HttpContext context, ConnectionSetup setup, CancellationToken cancellationToken) =>
        await setup.MakeDefaultAsync(context.Caller(), new(id), cancellationToken) switch
        {
            SetupResult<Connection>.Done => new SeeOther($"/connections/{id}"),
            SetupResult<Connection>.Conflict conflict => Page.Of<ErrorPage>(new() { ["Title"] = "It cannot be the default now", ["Detail"] = conflict.Reason, ["BackTo"] = $"/connections/{id}" }, StatusCodes.Status409Conflict),
            _ => NoSuch(),
        };

    public static IResult NoSuch() =>
        Page.Of<ErrorPage>(new() { ["Title"] = "There is no such connection", ["Detail"] = "The address is wrong, or the connection belongs to somebody else." }, StatusCodes.Status404NotFound);
}
