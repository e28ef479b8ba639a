using Microsoft.AspNetCore.Mvc;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>The pages of runs.</summary>
internal static class RunPages
{
    private const int PerPage = 30;

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/runs", ListAsync);
        pages.MapGet("/runs/{id:guid}", ShowAsync);
    }

    private static async Task<IResult> ListAsync(
        [FromQuery] string? recipe, [FromQuery] string? status, [FromQuery] Guid? before, HttpContext context, IRunStore runs, RecipeCatalogue catalogue, CancellationToken cancellationToken)
    {
        RunStatus? wanted = Enum.TryParse<RunStatus>(status, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) ? parsed : null;
        var filter = new RunFilter(string.IsNullOrEmpty(recipe) ? null : recipe, wanted, null, before is { } id ? new RunId(id) : null, PerPage + 1);
        var found = await runs.ListAsync(context.Caller(), filter, cancellationToken);
        return Page.Of<RunsPage>(new()
        {
            ["Runs"] = found.Take(PerPage).ToArray(),
            ["HasMore"] = found.Count > PerPage,
            ["Filter"] = filter,
            ["RecipeNames"] = catalogue.All.Select(r => r.Name).ToArray(),
        });
    }

    private static async Task<IResult> ShowAsync(Guid id, HttpContext context, IRunStore runs, CancellationToken cancellationToken) =>
        await runs.FindAsync(context.Caller(), id, cancellationToken) is { } run
            ? Page.Of<RunPage>(new() { ["Run"] = run })
            : Page.Of<ErrorPage>(
                new() { ["Title"] = "There is no such run", ["Detail"] = "The address is wrong, or the run belongs to somebody else.", ["BackTo"] = "/runs", ["BackLabel"] = "To the runs" },
                StatusCodes.Status404NotFound);
}
