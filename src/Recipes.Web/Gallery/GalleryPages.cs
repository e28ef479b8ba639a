using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Recipes.Connectors;

namespace Recipes.Web;

/// <summary>The pages of the connectors there are.</summary>
internal static class GalleryPages
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/connectors", ListAsync);
        pages.MapGet("/connectors/{name}", ShowAsync);
    }

    private static async Task<IResult> ListAsync([FromQuery] string? find, HttpContext context, Galleries galleries, CancellationToken cancellationToken) =>
        Page.Of<GalleryPage>(new() { ["Model"] = await galleries.ShowAsync(context.Caller(), find, "/connectors", "/connectors/", cancellationToken) });

    private static async Task<IResult> ShowAsync(string name, HttpContext context, ConnectorCatalogue catalogue, IConnectionStore store, CancellationToken cancellationToken)
    {
        if (catalogue.Find(name) is not { } connector)
            return Page.Of<ErrorPage>(new() { ["Title"] = "There is no such connector", ["Detail"] = "The address is wrong, or the connector's file is not loaded.", ["BackTo"] = "/connectors", ["BackLabel"] = "To the connectors" }, StatusCodes.Status404NotFound);
        var definitions = await store.ListDefinitionsAsync(context.Caller().Tenant, cancellationToken);
        return Page.Of<ConnectorPage>(new() { ["Caller"] = context.Caller(), ["Connector"] = connector, ["Definitions"] = definitions.Where(d => d.Connector == name).ToArray() });
    }
}
