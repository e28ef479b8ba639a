using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>What Studio does with several recipes at once, and with files.</summary>
internal static class StudioBulkEndpoints
{
    private const int LargestImport = 32 * 1024 * 1024;
    private const int MostFiles = 500;
    private const int LargestRecipe = 4 * 1024 * 1024;

    /// <summary>Most bytes of all recipes in a zip.</summary>
    private const int LargestContent = 64 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder studio)
    {
        var bulk = studio.MapGroup("/bulk-actions");
        bulk.MapPost("/delete/workflow-definitions/by-definition-id", DeleteAsync);
        bulk.MapPost("/delete/workflow-definitions/by-id", DeleteVersionsAsync);
        bulk.MapPost("/publish/workflow-definitions/by-definition-ids", PublishAsync);
        bulk.MapPost("/retract/workflow-definitions/by-definition-ids", RetractAsync);
        bulk.MapPost("/export/workflow-definitions", ExportManyAsync);
        studio.MapGet("/workflow-definitions/{definitionId}/export", ExportAsync);
        studio.MapPost("/workflow-definitions/import", ImportAsync).WithMetadata(new RequestSizeLimitAttribute(5 * 1024 * 1024));
        studio.MapPost("/workflow-definitions/import-files", ImportFilesAsync).WithMetadata(new RequestSizeLimitAttribute(LargestImport)).DisableAntiforgery();
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, RecipePublisher publisher, CancellationToken cancellationToken)
    {
        if (!context.MayEdit())
            return StudioDefinitionEndpoints.Forbidden();
        var deleted = 0;
        foreach (var id in await IdsAsync(context, "definitionIds", cancellationToken))
            deleted += await publisher.RemoveAsync(id, cancellationToken) is null ? 1 : 0;
        return StudioAnswers.Json(new() { ["deleted"] = deleted });
    }

    private static async Task<IResult> DeleteVersionsAsync(HttpContext context, RecipePublisher publisher, CancellationToken cancellationToken)
    {
        if (!context.MayEdit())
            return StudioDefinitionEndpoints.Forbidden();
        var deleted = 0;
        foreach (var id in await IdsAsync(context, "ids", cancellationToken))
            deleted += StudioVersion.TryParse(id, out var version) && await publisher.RemoveAsync(version, cancellationToken) is null ? 1 : 0;
        return StudioAnswers.Json(new() { ["deleted"] = deleted });
    }

    private static async Task<IResult> PublishAsync(HttpContext context, RecipePublisher publisher, CancellationToken cancellationToken)
    {
        if (!context.MayEdit())
            return StudioDefinitionEndpoints.Forbidden();
        var (published, already, missing, refused) = (new JsonArray(), new JsonArray(), new JsonArray(), new List<RecipeFault>());
        foreach (var id in await IdsAsync(context, "definitionIds", cancellationToken))
        {
            switch (await publisher.PublishAsync(id, context.Caller(), StudioDefinitionEndpoints.EditorOf(context), cancellationToken))
            {
                case SaveResult.Saved saved:
                    (saved.WasPublished ? already : published).Add(id);
                    break;
                case SaveResult.NotFound:
                    missing.Add(id);
                    break;
                case SaveResult.Refused { Faults: var faults }:
                    refused.AddRange(faults.Select(f => f with { Activity = $"{id}{(f.Activity is null ? "" : $", {f.Activity}")}" }));
                    break;
                case SaveResult.Invalid { Reason: var reason }:
                    refused.Add(new(id, reason, id));
                    break;
                case SaveResult.Conflict { Reason: var reason }:
                    refused.Add(new(id, reason, id));
                    break;
            }
        }

        return refused.Count > 0
            ? StudioAnswers.NotSaved(new SaveResult.Refused(refused))
            : StudioAnswers.Json(new() { ["published"] = published, ["alreadyPublished"] = already, ["notFound"] = missing, ["updatedConsumers"] = new JsonArray() });
    }

    private static async Task<IResult> RetractAsync(HttpContext context, RecipePublisher publisher, RecipeCatalogue catalogue, IRecipeDesigns designs, CancellationToken cancellationToken)
    {
        if (!context.MayEdit())
            return StudioDefinitionEndpoints.Forbidden();
        var (retracted, already, missing) = (new JsonArray(), new JsonArray(), new JsonArray());
        foreach (var id in await IdsAsync(context, "definitionIds", cancellationToken))
        {
            if (catalogue.Find(id) is null)
                (await designs.FindDraftAsync(id, cancellationToken) is null ? missing : already).Add(id);
            else if (await publisher.RetractAsync(id, context.Caller(), cancellationToken) is var result and not SaveResult.Saved)
                return StudioAnswers.NotSaved(result);
            else
                retracted.Add(id);
        }

        return StudioAnswers.Json(new() { ["retracted"] = retracted, ["alreadyRetracted"] = already, ["notFound"] = missing });
    }

    private static async Task<IResult> ExportAsync(string definitionId, [FromQuery] string? versionOptions, RecipeDesigner designer, CancellationToken cancellationToken)
    {
        var options = VersionOptions.Parse(versionOptions);
        var source = options.Wanted is VersionOptions.Kind.All or VersionOptions.Kind.Latest ? (await designer.FindLatestAsync(definitionId, cancellationToken))?.Source : (await designer.FindAsync(definitionId, options, cancellationToken))?.Source;
        return source is not null
            ? TypedResults.File(RecipeText.Write(source), "application/json", $"{definitionId}.json")
            : Problem.NotFound($"There is no recipe '{definitionId}' any more.");
    }

    private static async Task<IResult> ExportManyAsync(HttpContext context, RecipeDesigner designer, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var id in (await IdsAsync(context, "ids", cancellationToken)).Distinct())
            {
                if (!StudioVersion.TryParse(id, out var version) || await designer.FindAsync(version, cancellationToken) is not { } one)
                    continue;
                await using var entry = await zip.CreateEntry($"{version.Recipe}.json").OpenAsync(cancellationToken);
                await entry.WriteAsync(RecipeText.Write(one.Source), cancellationToken);
            }
        }

        return TypedResults.File(buffer.ToArray(), "application/zip", "recipes.zip");
    }

    private static async Task<IResult> ImportAsync(HttpContext context, RecipeSaver saver, StudioAnswers answers, CancellationToken cancellationToken)
    {
        if (!context.MayEdit())
            return StudioDefinitionEndpoints.Forbidden();
        if (await StudioAnswers.ReadAsync(context.Request, cancellationToken) is not { } model)
            return StudioAnswers.NoJson();
        var result = await saver.ImportAsync(model, context.Caller(), cancellationToken);
        return result is SaveResult.Saved saved ? StudioAnswers.Json(answers.Definition(saved.Version, saved.Source, mayEdit: true)) : StudioAnswers.NotSaved(result);
    }

    // All that can be taken is taken; the rest is told, file by file.
    private static async Task<IResult> ImportFilesAsync(HttpContext context, RecipeSaver saver, CancellationToken cancellationToken)
    {
        if (!context.MayEdit())
            return StudioDefinitionEndpoints.Forbidden();
        if (!context.Request.HasFormContentType)
            return Problem.Invalid("files", "Send the files as multipart/form-data.");
        var (count, faults) = (0, new List<RecipeFault>());
        foreach (var file in (await context.Request.ReadFormAsync(cancellationToken)).Files)
        {
            await using var stream = file.OpenReadStream();
            await foreach (var (name, json) in ReadFilesAsync(file.FileName, stream, faults, cancellationToken))
            {
                switch (await saver.ImportAsync(json, context.Caller(), cancellationToken))
                {
                    case SaveResult.Saved:
                        count++;
                        break;
                    case SaveResult.Refused refused:
                        faults.AddRange(refused.Faults.Select(f => f with { Activity = $"{name}{(f.Activity is null ? "" : $", {f.Activity}")}" }));
                        break;
                    case SaveResult.Conflict conflict:
                        faults.Add(new(name, conflict.Reason, name));
                        break;
                    case SaveResult.Invalid invalid:
                        faults.Add(new(name, invalid.Reason, name));
                        break;
                }
            }
        }

        return faults.Count > 0 ? StudioAnswers.NotSaved(new SaveResult.Refused(faults)) : StudioAnswers.Json(new() { ["count"] = count });
    }

    private static async IAsyncEnumerable<(string Name, JsonObject Json)> ReadFilesAsync(string name, Stream stream, List<RecipeFault> faults, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            if (await ParseAsync(name, stream, faults, cancellationToken) is { } json)
                yield return (name, json);
            yield break;
        }

        var files = new List<(string, JsonObject)>();
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
            var entries = zip.Entries.Where(e => e.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)).ToList();
            if (entries.Count > MostFiles)
                faults.Add(new(name, $"It has {entries.Count} recipes; at most {MostFiles} are taken at once. The first of them were.", name));
            var left = LargestContent;
            foreach (var entry in entries.Take(MostFiles))
            {
                // What a header claims of the length is nothing to rely on.
                await using var content = await entry.OpenAsync(cancellationToken);
                using var copy = new MemoryStream();
                if (!await TryCopyAsync(content, copy, Math.Min(LargestRecipe, left), cancellationToken))
                {
                    faults.Add(new(entry.Name, "The file is too large.", entry.Name));
                    continue;
                }

                left -= (int)copy.Length;
                copy.Position = 0;
                if (await ParseAsync(entry.Name, copy, faults, cancellationToken) is { } json)
                    files.Add((entry.Name, json));
            }
        }
        catch (InvalidDataException)
        {
            faults.Add(new(name, "This is no zip file.", name));
        }

        foreach (var file in files)
            yield return file;
    }

    private static async Task<bool> TryCopyAsync(Stream from, Stream to, int most, CancellationToken cancellationToken)
    {
        var buffer = new byte[81_920];
        for (int read; (read = await from.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if ((most -= read) < 0)
                return false;
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return true;
    }

    private static async Task<JsonObject?> ParseAsync(string name, Stream stream, List<RecipeFault> faults, CancellationToken cancellationToken)
    {
        try
        {
            if (await JsonNode.ParseAsync(stream, documentOptions: RecipeDesigner.JsonOptions, cancellationToken: cancellationToken) is JsonObject json && json["root"] is not null)
                return json;
            faults.Add(new(name, "This is no workflow definition: it has no root.", name));
        }
        catch (JsonException e)
        {
            faults.Add(new(name, $"This is no JSON (line {e.LineNumber + 1}).", name));
        }

        return null;
    }

    private static async Task<IReadOnlyList<string>> IdsAsync(HttpContext context, string member, CancellationToken cancellationToken) =>
        (await StudioAnswers.ReadAsync(context.Request, cancellationToken))?[member] is JsonArray ids ? [.. ids.OfType<JsonValue>().Where(v => v.TryGetValue<string>(out _)).Select(v => v.GetValue<string>())] : [];
}
