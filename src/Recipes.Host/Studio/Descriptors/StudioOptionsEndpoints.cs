using System.Text.Json.Nodes;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Fills a drop-down when its step is selected.</summary>
internal static class StudioOptionsEndpoints
{
    public static void Map(IEndpointRouteBuilder studio) => studio.MapPost("/descriptors/activities/{type}/options/{input}", FindAsync);

    private static async Task<IResult> FindAsync(string type, string input, HttpContext context, DropDowns dropDowns, CancellationToken cancellationToken)
    {
        if (await StudioAnswers.ReadAsync(context.Request, cancellationToken) is not { } request)
            return StudioAnswers.NoJson();
        var items = await dropDowns.FindAsync(type, input, request["context"] as JsonObject, context.Caller(), cancellationToken);
        return StudioAnswers.Json(new() { ["items"] = new JsonObject { ["dropdown"] = SelectList.Of(items) } });
    }
}
