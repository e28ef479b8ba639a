using System.Text.Json;
using System.Text.Json.Nodes;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>What there is to design: recipes in the folder, their former versions and their drafts.</summary>
internal sealed class RecipeDesigner(RecipeCatalogue catalogue, RecipeHistory history, IRecipeDesigns designs, RecipeChecker checker, IRunStore runs)
{
    /// <summary>How definitions are read: as the engine reads them.</summary>
    public static JsonDocumentOptions JsonOptions { get; } = new() { MaxDepth = 256, AllowDuplicateProperties = false };

    /// <summary>All versions of a recipe or of all recipes, the newest of each first.</summary>
    public async Task<IReadOnlyList<DesignedVersion>> ListAsync(string? recipe, CancellationToken cancellationToken)
    {
        var publications = (await history.ListAsync(recipe, cancellationToken)).ToLookup(p => p.Recipe);
        var drafts = recipe is null ? await designs.ListDraftsAsync(cancellationToken)
            : await designs.FindDraftAsync(recipe, cancellationToken) is { } own ? [own] : [];
        var names = (recipe is null ? catalogue.All.Select(r => r.Name) : catalogue.Find(recipe) is null ? [] : [recipe]).Concat(drafts.Select(d => d.Recipe)).Distinct().Order(StringComparer.Ordinal);
        var found = new List<DesignedVersion>();
        foreach (var name in names)
        {
            var draft = drafts.FirstOrDefault(d => d.Recipe == name);
            var file = catalogue.Find(name);
            var title = draft?.Title ?? file?.DisplayName ?? name;
            if (draft is not null)
                found.Add(Of(draft, 1 + publications[name].Select(p => p.Number).DefaultIfEmpty().Max()));
            found.AddRange(publications[name].Reverse().Select(p => Of(p, title, draft?.Description ?? file?.Description, isFile: p.Version == file?.SourceVersion, isLatest: draft is null && p.Version == file?.SourceVersion)));
        }

        return found;
    }

    /// <summary>What is worked on: the draft, or else the file.</summary>
    public async Task<LatestDesign?> FindLatestAsync(string recipe, CancellationToken cancellationToken)
    {
        // One row is both what is shown and what is compared with later.
        var draft = await designs.FindDraftAsync(recipe, cancellationToken);
        var publications = await history.ListAsync(recipe, cancellationToken);
        var file = catalogue.Find(recipe);
        if (draft is not null)
            return new(Of(draft, 1 + publications.Select(p => p.Number).DefaultIfEmpty().Max()), Parse(draft.Source.Span, recipe), draft);
        return file is not null && publications.FirstOrDefault(p => p.Version == file.SourceVersion) is { } published
            ? new(Of(published, file.DisplayName ?? recipe, file.Description, isFile: true, isLatest: true), Parse(file.Source.Span, recipe), null)
            : null;
    }

    public async Task<(DesignedVersion Version, JsonObject Source)?> FindAsync(string recipe, VersionOptions options, CancellationToken cancellationToken) =>
        (await ListAsync(recipe, cancellationToken)).FirstOrDefault(options.Takes) is { } version ? await ReadAsync(version, cancellationToken) : null;

    /// <summary>A version by its id: also one that was only ever run.</summary>
    public async Task<(DesignedVersion Version, JsonObject Source)?> FindAsync(StudioVersion id, CancellationToken cancellationToken)
    {
        var version = (await ListAsync(id.Recipe, cancellationToken)).FirstOrDefault(v => v.Id == id);
        if (version is not null)
            return await ReadAsync(version, cancellationToken);
        return id.Version is not null && await runs.FindVersionAsync(id.Recipe, id.Version, cancellationToken) is { } kept ? (OfRun(id, kept), Parse(kept, id.Recipe)) : null;
    }

    /// <summary>A version that was only ever run, for lists; null when there is none.</summary>
    public async Task<DesignedVersion?> FindRunAsync(StudioVersion id, CancellationToken cancellationToken) =>
        id.Version is not null && await runs.FindVersionAsync(id.Recipe, id.Version, cancellationToken) is { } kept ? OfRun(id, kept) : null;

    /// <summary>What there is now of a recipe, and what keeps it from running.</summary>
    public async Task<SaveResult> SavedAsync(string recipe, CancellationToken cancellationToken)
    {
        if (await FindLatestAsync(recipe, cancellationToken) is not { } latest)
            return new SaveResult.NotFound(recipe);
        var preview = Preview(recipe, latest.Source);
        return new SaveResult.Saved(latest.Version, latest.Source, preview.Faults, preview.Warnings);
    }

    /// <summary>What a definition would be as a recipe, published or not.</summary>
    public Recipe Preview(string recipe, JsonObject source) => checker.Preview(recipe, RecipeText.Write(source));

    /// <summary>A recipe as JSON; one that is broken as an empty definition, so that it can be looked at and put right.</summary>
    public static JsonObject Parse(ReadOnlySpan<byte> source, string recipe)
    {
        try
        {
            if (source.StartsWith("\uFEFF"u8))
                source = source[3..];
            if (JsonNode.Parse(source, documentOptions: JsonOptions) is not JsonObject json)
                return Empty(recipe);
            ActivityJson.AddMissingIds(json["root"]);
            return json;
        }
        catch (JsonException)
        {
            return Empty(recipe);
        }
    }

    public static bool IsReadable(ReadOnlySpan<byte> source)
    {
        try
        {
            if (source.StartsWith("\uFEFF"u8))
                source = source[3..];
            return JsonNode.Parse(source, documentOptions: JsonOptions) is JsonObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonObject Empty(string recipe) => new() { ["definitionId"] = recipe };

    private async Task<(DesignedVersion, JsonObject)?> ReadAsync(DesignedVersion version, CancellationToken cancellationToken)
    {
        var recipe = version.Id.Recipe;
        ReadOnlyMemory<byte>? source = version switch
        {
            { Id.Version: null } => (await designs.FindDraftAsync(recipe, cancellationToken))?.Source,
            { IsPublished: true } when catalogue.Find(recipe) is { } file && file.SourceVersion == version.Id.Version => file.Source,
            _ => await designs.FindSourceAsync(recipe, version.Id.Version!, cancellationToken) is { } former ? former : null,
        };
        return source is { } found ? (version, Parse(found.Span, recipe)) : null;
    }

    private static DesignedVersion Of(RecipeDraft draft, int number) => new()
    {
        Id = new(draft.Recipe, null),
        Number = number,
        Title = draft.Title ?? draft.Recipe,
        Description = draft.Description,
        At = draft.SavedAt,
        By = draft.SavedBy,
        IsLatest = true,
        Revision = draft.Revision.ToString("N"),
    };

    private static DesignedVersion Of(RecipePublication publication, string title, string? description, bool isFile, bool isLatest) => new()
    {
        Id = new(publication.Recipe, publication.Version),
        Number = publication.Number,
        Title = title,
        Description = description,
        At = publication.At,
        By = publication.By,
        IsLatest = isLatest,
        IsPublished = isFile,
        Revision = publication.Version,
    };

    private static DesignedVersion OfRun(StudioVersion id, byte[] source) => new()
    {
        Id = id,
        Number = 0,
        Title = Parse(source, id.Recipe).Text("name") ?? id.Recipe,
        At = default,
        Revision = id.Version!,
    };
}
