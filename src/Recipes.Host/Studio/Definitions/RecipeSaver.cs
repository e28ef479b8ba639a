using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Stores what is designed: drafts in the database, what is published in the folder.</summary>
internal sealed class RecipeSaver(
    RecipeDesigner designer, RecipeCatalogue catalogue, RecipeHistory history, IRecipeDesigns designs, RecipeFolder folder, RecipeChecker checker, StudioForm form, StudioEdit edit, ConnectionBinder binder,
    PublicationCheck publicationCheck, TimeProvider time)
{
    /// <summary>Member of a definition's custom properties in which its revision travels to Studio and back.</summary>
    public const string Revision = "recipesRevision";

    private const int LargestRecipe = 4 * 1024 * 1024;
    private const int MostTries = 5;

    private readonly SemaphoreSlim _publishing = new(1);
    private readonly ConcurrentDictionary<string, (string Version, string Editor)> _published = new();

    /// <summary>Stores what Studio sends: a new recipe, or the draft of one.</summary>
    /// <param name="model">The whole definition as Studio has it.</param>
    /// <param name="editor">Which window sends it; null for a program.</param>
    public async Task<SaveResult> SaveAsync(JsonObject model, bool publish, Caller caller, string? editor, CancellationToken cancellationToken)
    {
        var revision = (model["customProperties"] as JsonObject)?.Text(Revision);
        (model["customProperties"] as JsonObject)?.Remove(Revision);
        var name = model.Text("definitionId");
        if (string.IsNullOrEmpty(name))
            return await CreateAsync(model, publish, caller, editor, cancellationToken);
        if (!RecipeName.IsValid(name))
            return new SaveResult.Invalid($"'{name}' cannot be a recipe's id: it is the name of its file.");
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await designer.FindLatestAsync(name, cancellationToken) is not { } latest)
                return new SaveResult.NotFound(name);
            var draft = await designs.FindDraftAsync(name, cancellationToken);
            // A window's own saves may overtake one another, also when it publishes.
            var last = draft is not null ? draft.Editor : _published.TryGetValue(name, out var published) && published.Version == latest.Version.Id.Version ? published.Editor : null;
            if (revision != latest.Version.Revision && (last is null || last != editor))
                return Changed(latest.Version, name);
            if (draft is null && catalogue.Find(name) is { } file && !RecipeDesigner.IsReadable(file.Source.Span))
                return new SaveResult.Invalid($"The file {name}.json is no JSON, so nothing is written over it. Put it right in the folder first.");
            JsonObject source;
            try
            {
                source = edit.Apply(latest.Source, (JsonObject)model.DeepClone(), name);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
            {
                return new SaveResult.Invalid("A part of the recipe came back damaged, so nothing was stored. Reload the page.");
            }

            await binder.BindAsync(source, caller.Tenant, cancellationToken);
            if (SameJson.Of(source, latest.Source))
                return publish ? await PublishAsync(name, caller, editor, cancellationToken) : await SavedAsync(name, cancellationToken);
            if (await TryStoreAsync(name, source, draft?.Revision, draft?.Base ?? (draft is null ? catalogue.Find(name)?.SourceVersion : null), caller, editor, cancellationToken) is not { } failed)
                return publish ? await PublishAsync(name, caller, editor, cancellationToken) : await SavedAsync(name, cancellationToken);
            if (failed is SaveResult.Invalid)
                return failed;
        }

        return new SaveResult.Conflict("The recipe is being changed by several at once. Reload the page.");
    }

    /// <summary>Stores a definition that was made elsewhere, as the draft of the recipe of that name.</summary>
    public async Task<SaveResult> ImportAsync(JsonObject source, Caller caller, CancellationToken cancellationToken)
    {
        var name = source.Text("definitionId") is { } given && RecipeName.IsValid(given) ? given : RecipeName.From(source.Text("name") ?? "");
        if (Unknown(source) is { Count: > 0 } unknown)
            return new SaveResult.Refused([.. unknown.Select(a => new RecipeFault(name, $"There is no activity '{a.Text("type")}' here.", a.Text("name") ?? a.Text("id")))]);
        foreach (var member in (string[])["id", "links", "nodeId", "isLatest", "isPublished"])
            source.Remove(member);
        ActivityJson.RemoveNodeIds(source);
        source["definitionId"] = name;
        var draft = await designs.FindDraftAsync(name, cancellationToken);
        if (draft is not null)
            return new SaveResult.Conflict($"'{name}' has a draft with changes that are not published. Publish or delete it first; then import again.");
        return await TryStoreAsync(name, source, null, catalogue.Find(name)?.SourceVersion, caller, null, cancellationToken) ?? await SavedAsync(name, cancellationToken);
    }

    /// <summary>Makes the draft the recipe's file, which runs from then on.</summary>
    public async Task<SaveResult> PublishAsync(string name, Caller caller, string? editor, CancellationToken cancellationToken)
    {
        await _publishing.WaitAsync(cancellationToken);
        try
        {
            if (await designs.FindDraftAsync(name, cancellationToken) is not { } draft)
                return catalogue.Find(name) is null ? new SaveResult.NotFound(name) : await SavedAsync(name, cancellationToken) is SaveResult.Saved saved ? saved with { WasPublished = true } : new SaveResult.NotFound(name);
            var file = catalogue.Find(name);
            if (file is not null && file.SourceVersion != draft.Base)
            {
                // Told once; whoever publishes again knows.
                await designs.TrySaveDraftAsync(draft with { Base = file.SourceVersion, Revision = NewRevision() }, draft.Revision, cancellationToken);
                return new SaveResult.Refused([new(name, $"The file {name}.json was changed in the folder since this draft was begun. Look at both versions; publish again to put yours in its place. The other one stays in the list of versions.")]);
            }

            var preview = checker.Preview(name, draft.Source);
            var faults = preview.Faults.Concat(await publicationCheck.FindAsync(preview, caller, cancellationToken)).ToList();
            if (faults.Count > 0)
                return new SaveResult.Refused(faults);
            folder.Write(name, draft.Source.Span);
            if (editor is not null)
                _published[name] = (RecipeVersion.Of(draft.Source.Span), editor);
            await designs.AddPublicationsAsync([new(name, RecipeVersion.Of(draft.Source.Span), draft.Source, time.GetUtcNow(), caller.User.Value)], cancellationToken);
            if (!await designs.TryRemoveDraftAsync(name, draft.Revision, cancellationToken) && await designs.FindDraftAsync(name, cancellationToken) is { } newer)
                await designs.TrySaveDraftAsync(newer with { Base = RecipeVersion.Of(draft.Source.Span) }, newer.Revision, cancellationToken);
            return await SavedAsync(name, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SaveResult.Invalid($"The file {name}.json cannot be written: {e.Message} The draft is kept.");
        }
        finally
        {
            _publishing.Release();
        }
    }

    /// <summary>Puts a file into the folder as it is, past any draft, whose author is told when it is published.</summary>
    /// <param name="mayReplace">Whether it may take the place of what is there, by that one's version; null when there is nothing.</param>
    public async Task<FileWriteResult> WriteFileAsync(string name, ReadOnlyMemory<byte> json, Func<string?, bool> mayReplace, Caller caller, CancellationToken cancellationToken)
    {
        await _publishing.WaitAsync(cancellationToken);
        try
        {
            var before = catalogue.Find(name)?.SourceVersion;
            if (!mayReplace(before))
                return new FileWriteResult.OtherVersion(before);
            if (checker.Check(name, json) is { Faults: { Count: > 0 } faults })
                return new FileWriteResult.Refused(faults);
            // What was there stays in the list of versions.
            await history.ListAsync(name, cancellationToken);
            folder.Write(name, json.Span);
            await designs.AddPublicationsAsync([new(name, RecipeVersion.Of(json.Span), json, time.GetUtcNow(), caller.User.Value)], cancellationToken);
            return new FileWriteResult.Written(catalogue.Find(name)!, before is null);
        }
        finally
        {
            _publishing.Release();
        }
    }

    /// <summary>Takes the recipe out of the folder, so that nothing starts it any more; it stays as a draft.</summary>
    /// <returns>False when there is no such recipe.</returns>
    public async Task<bool> RetractAsync(string name, Caller caller, CancellationToken cancellationToken)
    {
        if (catalogue.Find(name) is not { } file)
            return false;
        await history.ListAsync(name, cancellationToken);
        if (await designs.FindDraftAsync(name, cancellationToken) is { } draft)
            await designs.TrySaveDraftAsync(draft with { Base = null, Revision = NewRevision() }, draft.Revision, cancellationToken);
        else if (await TryStoreAsync(name, RecipeDesigner.Parse(file.Source.Span, name), null, null, caller, null, cancellationToken) is not null)
            return false;
        folder.Remove(name);
        return true;
    }

    /// <summary>Removes a recipe with all its versions.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var isThere = catalogue.Find(name) is not null || await designs.FindDraftAsync(name, cancellationToken) is not null;
        if (!isThere)
            return false;
        if (RecipeName.IsValid(name))
            folder.Remove(name);
        await designs.ForgetAsync(name, cancellationToken);
        history.Forget(name);
        return true;
    }

    /// <summary>Removes one version: a draft is given up, a former version is forgotten.</summary>
    public async Task<SaveResult?> RemoveAsync(StudioVersion id, CancellationToken cancellationToken)
    {
        if (id.Version is { } version)
        {
            if (catalogue.Find(id.Recipe)?.SourceVersion == version)
                return new SaveResult.Invalid("This version is the one that is published. Unpublish the recipe first.");
            return await designs.RemovePublicationAsync(id.Recipe, version, cancellationToken) ? null : new SaveResult.NotFound(id.Recipe);
        }

        if (await designs.FindDraftAsync(id.Recipe, cancellationToken) is not { } draft)
            return new SaveResult.NotFound(id.Recipe);
        if (catalogue.Find(id.Recipe) is null)
            return await RemoveAsync(id.Recipe, cancellationToken) ? null : new SaveResult.NotFound(id.Recipe);
        return await designs.TryRemoveDraftAsync(id.Recipe, draft.Revision, cancellationToken) ? null : new SaveResult.Conflict("The draft was changed meanwhile. Reload the page.");
    }

    /// <summary>Puts a former version into the draft.</summary>
    public async Task<SaveResult> RevertAsync(string name, int number, Caller caller, CancellationToken cancellationToken)
    {
        if (await designer.FindAsync(name, new VersionOptions(VersionOptions.Kind.Number, number), cancellationToken) is not { } former)
            return new SaveResult.NotFound(name);
        if (former.Version.IsLatest)
            return await SavedAsync(name, cancellationToken);
        var draft = await designs.FindDraftAsync(name, cancellationToken);
        return await TryStoreAsync(name, former.Source, draft?.Revision, draft is null ? catalogue.Find(name)?.SourceVersion : draft.Base, caller, null, cancellationToken) ?? await SavedAsync(name, cancellationToken);
    }

    /// <summary>What keeps a recipe from running, as it is designed now.</summary>
    public Recipe Preview(string name, JsonObject source) => checker.Preview(name, RecipeText.Write(source));

    private async Task<SaveResult> CreateAsync(JsonObject model, bool publish, Caller caller, string? editor, CancellationToken cancellationToken)
    {
        var wish = RecipeName.From(model.Text("name") ?? "");
        for (var number = 1; number < 1000; number++)
        {
            var name = number == 1 ? wish : $"{wish}-{number}";
            if (catalogue.Find(name) is not null || await designs.FindDraftAsync(name, cancellationToken) is not null)
                continue;
            JsonObject source;
            try
            {
                source = edit.Apply(new JsonObject { ["definitionId"] = name }, (JsonObject)model.DeepClone(), "");
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
            {
                return new SaveResult.Invalid("A part of the recipe is damaged, so nothing was stored.");
            }

            if (source["root"].Text("type") is { } type && form.IsUnknown(type))
                return new SaveResult.Invalid($"A recipe cannot be a {type[(type.LastIndexOf('.') + 1)..]} here: choose Flowchart or Sequence.");
            source["root"] ??= form.Show(new JsonObject(), name)["root"]!.DeepClone();
            await binder.BindAsync(source, caller.Tenant, cancellationToken);
            switch (await TryStoreAsync(name, source, null, null, caller, editor, cancellationToken))
            {
                case null:
                    return publish ? await PublishAsync(name, caller, editor, cancellationToken) : await SavedAsync(name, cancellationToken);
                case SaveResult.Invalid invalid:
                    return invalid;
            }
        }

        return new SaveResult.Invalid("There are a thousand recipes of that name already.");
    }

    /// <returns>Null when it is stored.</returns>
    private async Task<SaveResult?> TryStoreAsync(string name, JsonObject source, Guid? replaces, string? begunFrom, Caller caller, string? editor, CancellationToken cancellationToken)
    {
        var text = RecipeText.Write(source);
        if (text.Length > LargestRecipe)
            return new SaveResult.Invalid($"A recipe may have up to {LargestRecipe / 1024 / 1024} MB.");
        var draft = new RecipeDraft
        {
            Recipe = name,
            Title = source.Text("name"),
            Description = source.Text("description"),
            Source = text,
            Revision = NewRevision(),
            Editor = editor,
            SavedBy = caller.User.Value,
            SavedAt = time.GetUtcNow(),
            Base = begunFrom,
        };
        return await designs.TrySaveDraftAsync(draft, replaces, cancellationToken) ? null : new SaveResult.Conflict("The recipe was changed meanwhile.");
    }

    private async Task<SaveResult> SavedAsync(string name, CancellationToken cancellationToken)
    {
        if (await designer.FindLatestAsync(name, cancellationToken) is not { } latest)
            return new SaveResult.NotFound(name);
        var preview = Preview(name, latest.Source);
        return new SaveResult.Saved(latest.Version, latest.Source, preview.Faults, preview.Warnings);
    }

    private static SaveResult.Conflict Changed(DesignedVersion latest, string name) => new(
        $"'{name}' was changed meanwhile{(latest.By is { } by ? $" by {by}" : " in the folder")}, at {latest.At:u}. Nothing was written over. Reload the page to go on from there; what you changed is only in this window.");

    private List<JsonObject> Unknown(JsonObject source) =>
        source["root"] is JsonObject root && ActivityJson.IsActivity(root) ? [.. ActivityJson.AllOf(form.ShowActivity(root)).Where(a => a.Text("type") == EngineActivities.NotFound).Select(a => new JsonObject { ["type"] = a.Text("missingTypeName"), ["id"] = a.Text("id"), ["name"] = a.Text("name") })] : [];

    private Guid NewRevision() => Guid.CreateVersion7(time.GetUtcNow());
}
