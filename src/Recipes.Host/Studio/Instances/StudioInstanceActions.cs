using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Web;
using ProblemDetails = Microsoft.AspNetCore.Mvc.ProblemDetails;

namespace Recipes.Host;

/// <summary>What people do with runs in Studio: cancel, delete and export them.</summary>
internal static class StudioInstanceActions
{
    /// <summary>Runs that are named in one request.</summary>
    private const int MostAtOnce = 1000;

    /// <summary>Runs in one file.</summary>
    private const int MostInFile = 200;

    public static void Map(IEndpointRouteBuilder studio)
    {
        studio.MapPost("/cancel/workflow-instances/{id}", CancelAsync);
        studio.MapPost("/bulk-actions/cancel/workflow-instances", CancelManyAsync);
        studio.MapDelete("/workflow-instances/{id}", DeleteAsync);
        studio.MapPost("/bulk-actions/delete/workflow-instances/by-id", DeleteManyAsync);
        studio.MapGet("/workflow-instances/{id}/export", ExportAsync);
        studio.MapPost("/bulk-actions/export/workflow-instances", ExportManyAsync);
        studio.MapPost("/bulk-actions/import/workflow-instances", Import);
    }

    // A run that has ended meanwhile is what was asked for.
    private static async Task<IResult> CancelAsync(string id, HttpContext context, RunControl control, CancellationToken cancellationToken) =>
        (Guid.TryParse(id, out var run) ? await control.CancelAsync(context.Caller(), new(run), cancellationToken) : RunControlResult.NotFound) switch
        {
            RunControlResult.Done or RunControlResult.NotPossible => TypedResults.Ok(),
            RunControlResult.Forbidden => NotYours(),
            _ => StudioInstanceEndpoints.NoSuchRun(id),
        };

    private static async Task<IResult> CancelManyAsync(InstanceSelection selection, HttpContext context, RunControl control, IRunStore runs, RecipeDesigner designer, CancellationToken cancellationToken)
    {
        if (selection.Ids?.Count > MostAtOnce)
            return TooMany(MostAtOnce);
        var cancelled = 0;
        foreach (var run in selection.Ids is { Count: > 0 } ids ? IdsOf(ids) : await FindOpenAsync(selection, context.Caller(), runs, designer, cancellationToken))
        {
            if (await control.CancelAsync(context.Caller(), run, cancellationToken) == RunControlResult.Done)
                cancelled++;
        }

        return TypedResults.Ok(new InstancesCancelledReply(cancelled));
    }

    private static async Task<IReadOnlyList<RunId>> FindOpenAsync(InstanceSelection selection, Caller caller, IRunStore runs, RecipeDesigner designer, CancellationToken cancellationToken)
    {
        var one = StudioVersion.TryParse(selection.DefinitionVersionId, out var parsed) ? parsed : (StudioVersion?)null;
        if ((one?.Recipe ?? selection.DefinitionId) is not { Length: > 0 } recipe)
            return [];
        var options = VersionOptions.Parse(selection.VersionOptions);
        // Drafts do not run. Of all versions also those that were never published may.
        IEnumerable<string?> versions = one is { } version ? [version.Version] : options.Wanted == VersionOptions.Kind.All ? [null]
            : (await designer.ListAsync(recipe, cancellationToken)).Where(options.Takes).Select(v => v.Id.Version).Where(v => v is not null);
        var found = new List<RunId>();
        foreach (var wanted in versions.Distinct())
        {
            var page = await runs.PageAsync(caller, new RunQuery
            {
                Recipes = [recipe],
                RecipeVersion = one is null ? wanted : wanted ?? "",
                Statuses = [RunStatus.Running, RunStatus.Queued, RunStatus.Waiting, RunStatus.Held],
                Most = RunControl.MostAtOnce,
            }, cancellationToken);
            found.AddRange(page.Runs.Select(r => r.Id));
        }

        return found;
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext context, RunControl control, CancellationToken cancellationToken) =>
        (Guid.TryParse(id, out var run) ? await control.RemoveAsync(context.Caller(), new(run), cancellationToken) : RunControlResult.NotFound) switch
        {
            RunControlResult.Done => TypedResults.NoContent(),
            RunControlResult.NotPossible => Problem.Conflict("It has not ended. Cancel it first."),
            RunControlResult.Forbidden => Problem.Forbidden("Deleting runs takes the privilege viewAllRuns, and those of other users actAsOtherUser as well."),
            _ => StudioInstanceEndpoints.NoSuchRun(id),
        };

    private static async Task<IResult> DeleteManyAsync(InstanceSelection selection, HttpContext context, RunControl control, CancellationToken cancellationToken)
    {
        if (selection.Ids?.Count > MostAtOnce)
            return TooMany(MostAtOnce);
        var (deleted, all) = (0, IdsOf(selection.Ids ?? []).ToList());
        foreach (var run in all)
        {
            if (await control.RemoveAsync(context.Caller(), run, cancellationToken) == RunControlResult.Done)
                deleted++;
        }

        return TypedResults.Ok(new InstancesDeletedReply(deleted, all.Count - deleted));
    }

    private static async Task<IResult> ExportAsync(string id, HttpContext context, IRunStore runs, InstanceViews views, IOptions<JsonOptions> json, CancellationToken cancellationToken) =>
        await runs.FindVisibleAsync(context, id, cancellationToken) is { } run
            ? TypedResults.File(await FileOfAsync(run, views, json, cancellationToken), "application/json", NameOf(run))
            : StudioInstanceEndpoints.NoSuchRun(id);

    private static async Task<IResult> ExportManyAsync(InstanceSelection selection, HttpContext context, InstanceViews views, IRunStore runs, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        if (selection.Ids?.Count > MostInFile)
            return TooMany(MostInFile);
        using var file = new MemoryStream();
        var count = 0;
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var id in IdsOf(selection.Ids ?? []))
            {
                if (await runs.FindAsync(context.Caller(), id.Value, cancellationToken) is not { } run)
                    continue;
                count++;
                await using var entry = zip.CreateEntry(NameOf(run)).Open();
                await entry.WriteAsync(await FileOfAsync(run, views, json, cancellationToken), cancellationToken);
            }
        }

        return count == 0 ? Problem.NotFound("There is none of these runs that you may see.") : TypedResults.File(file.ToArray(), "application/zip", "workflow-instances.zip");
    }

    private static IResult Import() => TypedResults.Problem(new ProblemDetails
    {
        Status = StatusCodes.Status400BadRequest,
        Type = "urn:recipes:problem:not-offered",
        Title = "Runs cannot be imported",
        Detail = "What a run did is kept where it did it. Import the recipe and call it here.",
        // As Studio reads errors of validation.
        Extensions = { ["errors"] = new Dictionary<string, string[]> { ["files"] = ["Runs cannot be imported. Import the recipe and call it here."] } },
    });

    private static async Task<byte[]> FileOfAsync(Run run, InstanceViews views, IOptions<JsonOptions> json, CancellationToken cancellationToken) =>
        JsonSerializer.SerializeToUtf8Bytes(await views.ExportAsync(run, cancellationToken), new JsonSerializerOptions(json.Value.SerializerOptions) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static string NameOf(Run run) => $"{run.Recipe}-{run.Id}.json";

    private static IEnumerable<RunId> IdsOf(IReadOnlyList<string> ids) =>
        ids.Select(i => Guid.TryParse(i, out var id) ? id : Guid.Empty).Where(i => i != Guid.Empty).Distinct().Select(i => new RunId(i));

    private static IResult TooMany(int most) => Problem.Invalid("ids", $"Name {most} runs at most.");

    private static IResult NotYours() => Problem.Forbidden("It is another user's run. Acting on it takes the privilege actAsOtherUser.");
}
