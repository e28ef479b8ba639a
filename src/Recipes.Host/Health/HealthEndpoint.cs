using Microsoft.AspNetCore.Http.HttpResults;
using Recipes.Web;

namespace Recipes.Host;

/// <summary><c>GET /health</c>, for load balancers and for operators.</summary>
internal static class HealthEndpoint
{
    public static void MapHealth(this IEndpointRouteBuilder routes) => routes.MapGet("/health", LookAsync).AllowAnonymous().ExcludeFromDescription();

    private static async Task<JsonHttpResult<HealthReply>> LookAsync(HttpContext context, HostHealth health)
    {
        var reply = await health.LookAsync();
        var mayKnow = context.FindCaller()?.Has(Privileges.Operator) == true;
        return TypedResults.Json(mayKnow ? reply : new HealthReply(reply.Status), statusCode: reply.Status == "failing" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}
