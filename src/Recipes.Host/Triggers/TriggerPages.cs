using Microsoft.AspNetCore.Mvc;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>The pages of triggers.</summary>
internal static class TriggerPages
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/triggers", ListAsync);
        pages.MapPost("/recipes/{name}/trigger/on", OnAsync);
        pages.MapPost("/recipes/{name}/trigger/off", OffAsync);
        pages.MapPost("/recipes/{name}/trigger/run", RunAsync);
    }

    public static string PathOf(string recipe) => $"/recipes/{Uri.EscapeDataString(recipe)}/trigger";

    private static async Task<IResult> ListAsync(HttpContext context, TriggerViews views, RecipeCatalogue catalogue, CancellationToken cancellationToken) => Page.Of<TriggersPage>(new()
    {
        ["Triggers"] = await views.ListAsync(context.Caller(), cancellationToken),
        ["Names"] = catalogue.All.Where(r => r.DisplayName is not null).ToDictionary(r => r.Name, r => r.DisplayName!),
    });

    private static async Task<IResult> OnAsync(string name, [FromForm] IFormCollection form, HttpContext context, TriggerSwitch triggers, CancellationToken cancellationToken)
    {
        var secret = form["secret"].ToString() is { Length: > 0 } text ? new Secret(text) : null;
        var result = await triggers.SwitchOnAsync(context.Caller(), name, new(secret, form["anew"] == "true"), cancellationToken);
        return result is SwitchResult.Done { NewSecret: { } made } done
            ? Page.Of<TriggerSecretPage>(new() { ["Recipe"] = name, ["Address"] = triggers.AddressOf(done.Trigger), ["Secret"] = made })
            : Answer(result, name);
    }

    // The form says nothing but its token; reading it as a form is what has the token checked.
    private static async Task<IResult> OffAsync(string name, [FromForm] IFormCollection form, HttpContext context, TriggerSwitch triggers, CancellationToken cancellationToken) =>
        Answer(await triggers.SwitchOffAsync(context.Caller(), name, cancellationToken), name);

    private static async Task<IResult> RunAsync(string name, [FromForm] IFormCollection form, HttpContext context, TriggerSwitch triggers, CancellationToken cancellationToken) =>
        Answer(await triggers.RunNowAsync(context.Caller(), name, cancellationToken), name);

    private static IResult Answer(SwitchResult result, string recipe) => result switch
    {
        SwitchResult.Done => new SeeOther($"/recipes/{Uri.EscapeDataString(recipe)}#trigger"),
        SwitchResult.Incomplete incomplete => Refused(recipe, null, StatusCodes.Status409Conflict, incomplete.Missing),
        SwitchResult.NotFound notFound => Refused(recipe, notFound.Reason, StatusCodes.Status404NotFound),
        SwitchResult.Forbidden forbidden => Refused(recipe, forbidden.Reason, StatusCodes.Status403Forbidden),
        SwitchResult.Invalid invalid => Refused(recipe, invalid.Message, StatusCodes.Status400BadRequest),
        SwitchResult.Conflict conflict => Refused(recipe, conflict.Reason, StatusCodes.Status409Conflict),
        _ => throw new InvalidOperationException($"Unknown result {result.GetType().Name}."),
    };

    private static IResult Refused(string recipe, string? reason, int status, IReadOnlyList<MissingConnection>? missing = null) =>
        Page.Of<TriggerRefusedPage>(new() { ["Recipe"] = recipe, ["Reason"] = reason, ["Missing"] = missing ?? [] }, status);
}
