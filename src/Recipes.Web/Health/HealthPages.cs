using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

/// <summary>The page that says what needs somebody.</summary>
internal static class HealthPages
{
    public const string Path = "/connections/health";

    private const int MostRows = 5;

    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet(Path, ShowAsync);

    private static async Task<IResult> ShowAsync(HttpContext context, ConnectionOverview overview, IConnectorProfiles connectors, NextChecks checks, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        return Page.Of<HealthPage>(new() { ["Model"] = await HealthOverview.ReadAsync(caller, overview, connectors, checks, MostRows, cancellationToken) });
    }
}
