using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Begins a recipe: asks what it is called and what starts it, and opens it in the designer.</summary>
internal static class NewRecipe
{
    public const string Path = "/new-recipe";

    public const int LongestDescription = 1000;

    /// <param name="Value">As in the form.</param>
    /// <param name="Trigger">The trigger that is on the canvas already; null for none.</param>
    public sealed record Way(string Value, string Title, string Help, string? Trigger);

    public static IReadOnlyList<Way> Ways { get; } =
    [
        new("call", "A call", "By people in a form, by programs and by other recipes, each as themselves.", "Recipes.Callable"),
        new("schedule", "The time", "Every morning, each quarter of an hour, on the first of the month.", "Recipes.Schedule"),
        new("webhook", "A webhook", "A program that sends something to an address.", "Recipes.Webhook"),
        new("other", "Something in an app", "The triggers of each app are in the toolbox of the designer.", null),
    ];

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(Path, (HttpContext context) => context.MayEdit() ? Page.Of<NewRecipePage>() : NotPermitted());
        pages.MapPost(Path, CreateAsync);
    }

    private static async Task<IResult> CreateAsync([FromForm] string? name, [FromForm] string? description, [FromForm] string? start, HttpContext context, RecipeSaver saver, CancellationToken cancellationToken)
    {
        if (!context.MayEdit())
            return NotPermitted();
        var way = Ways.FirstOrDefault(w => w.Value == start) ?? Ways[0];
        var (title, about) = (name?.Trim() ?? "", description?.Trim() ?? "");
        var fault = title.Length == 0 ? "Give it a name." : title.Length > RecipeName.MaxLength ? $"At most {RecipeName.MaxLength} characters." : null;
        about = about.Length > LongestDescription ? about[..LongestDescription] : about;
        var result = fault is null ? await saver.SaveAsync(Model(title, about, way), publish: false, context.Caller(), null, cancellationToken) : null;
        if (result is SaveResult.Saved saved)
            return new SeeOther(StudioPages.EditorOf(saved.Version.Id.Recipe));
        fault ??= (result as SaveResult.Invalid)?.Reason ?? "It could not be stored. Try again.";
        return Page.Of<NewRecipePage>(new() { ["Name"] = title, ["Description"] = about, ["Start"] = way.Value, ["Fault"] = fault }, StatusCodes.Status400BadRequest);
    }

    private static JsonObject Model(string name, string description, Way way)
    {
        var steps = new JsonArray();
        if (way.Trigger is { } trigger)
        {
            var id = trigger[(trigger.LastIndexOf('.') + 1)..] + "1";
            steps.Add(new JsonObject { ["id"] = id, ["name"] = id, ["type"] = trigger, ["version"] = 1, ["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = 60, ["y"] = 120 } } } });
        }

        return new()
        {
            ["name"] = name,
            ["description"] = description,
            ["root"] = new JsonObject { ["id"] = "Flowchart1", ["name"] = "Flowchart1", ["type"] = "Elsa.Flowchart", ["version"] = 1, ["activities"] = steps, ["connections"] = new JsonArray() },
        };
    }

    private static IResult NotPermitted() =>
        Page.Of<ErrorPage>(new() { ["Title"] = "This is not permitted", ["Detail"] = "Making a recipe takes the privilege to manage definitions.", ["BackTo"] = "/recipes", ["BackLabel"] = "To the recipes" }, StatusCodes.Status403Forbidden);
}
