using System.Text.Json;
using System.Text.Json.Nodes;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Stores what is designed as drafts, and hands them on where they are to be published at once.</summary>
internal sealed class RecipeSaver(RecipeDesigner designer, RecipeCatalogue catalogue, IRecipeDesigns designs, DraftWriter drafts, RecipePublisher publisher, StudioForm form, StudioEdit edit, ConnectionBinder binder)
{
    /// <summary>Member of a definition's custom properties in which its revision travels to Studio and back.</summary>
    public const string Revision = "recipesRevision";

    private const int MostTries = 5;

    // What only a server writes into a definition.
    private static readonly string[] s_serverOnly = ["id", "links", "isLatest", "isPublished", "isReadonly", "isSystem", "createdAt", "version", "toolVersion"];

    /// <summary>Stores what Studio sends: a new recipe, or the draft of one.</summary>
    /// <param name="model">The whole definition as Studio has it.</param>
    /// <param name="editor">Which window sends it; null for a program.</param>
    public async Task<SaveResult> SaveAsync(JsonObject model, bool publish, Caller caller, string? editor, CancellationToken cancellationToken)
    {
        var revision = TakeRevision(model);
        var name = model.Text("definitionId");
        if (string.IsNullOrEmpty(name))
            return await CreateAsync(model, publish, caller, editor, cancellationToken);
        if (!RecipeName.IsValid(name))
            return new SaveResult.Invalid($"'{name}' cannot be a recipe's id: it is the name of its file.");
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await designer.FindLatestAsync(name, cancellationToken) is not { } latest)
                return new SaveResult.NotFound(name);
            // A window's own saves may overtake one another, also when it publishes.
            var last = latest.Draft is { } draft ? draft.Editor : publisher.EditorOf(name, latest.Version.Id.Version);
            var isStale = revision != latest.Version.Revision && (last is null || last != editor);
            if (latest.Draft is null && catalogue.Find(name) is { } file && !RecipeDesigner.IsReadable(file.Source.Span))
                return RecipePublisher.Unreadable(name);
            if (TryApply(latest.Source, model, name) is not { } source)
                return isStale ? Changed(latest.Version, name) : Damaged();
            // What is there already does no harm: a save of this window that was sent twice, or to another node.
            if (isStale && !SameJson.Of(source, latest.Source))
                return Changed(latest.Version, name);
            await binder.BindAsync(source, latest.Source, caller.Tenant, cancellationToken);
            if (SameJson.Of(source, latest.Source))
                return publish ? await publisher.PublishAsync(name, caller, editor, cancellationToken) : await designer.SavedAsync(name, cancellationToken);
            var begunFrom = latest.Draft is null ? latest.Version.Id.Version : latest.Draft.Base;
            switch (await drafts.TryWriteAsync(name, source, latest.Draft?.Revision, begunFrom, caller, editor, cancellationToken))
            {
                case null:
                    return publish ? await publisher.PublishAsync(name, caller, editor, cancellationToken) : await designer.SavedAsync(name, cancellationToken);
                case SaveResult.Invalid invalid:
                    return invalid;
            }
        }

        return new SaveResult.Conflict("The recipe is being changed by several at once. Reload the page.");
    }

    /// <summary>Stores a definition that was made elsewhere, as the draft of the recipe of that name.</summary>
    public async Task<SaveResult> ImportAsync(JsonObject given, Caller caller, CancellationToken cancellationToken)
    {
        var name = given.Text("definitionId") is { } id && RecipeName.IsValid(id) ? id : RecipeName.From(given.Text("name") ?? "");
        var isFromStudio = TakeRevision(given) is not null;
        foreach (var member in s_serverOnly)
            given.Remove(member);
        ActivityJson.AddMissingIds(given["root"]);
        ActivityJson.RemoveNodeIds(given["root"]);
        // Studio's own form has everything filled in, and unknown activities wrapped up.
        if ((isFromStudio ? TryApply(new JsonObject { ["definitionId"] = name }, given, "") : given) is not { } source)
            return Damaged();
        source["definitionId"] = name;
        if (!isFromStudio && Unknown(source) is { Count: > 0 } unknown)
            return new SaveResult.Refused([.. unknown.Select(a => new RecipeFault(name, $"There is no activity '{a.Text("missingTypeName")}' here.", a.Text("name") ?? a.Text("id")))]);
        if (await designs.FindDraftAsync(name, cancellationToken) is not null)
            return new SaveResult.Conflict($"'{name}' has a draft with changes that are not published. Publish or delete it first, or import under another definitionId.");
        if (catalogue.Find(name) is { } file && !RecipeDesigner.IsReadable(file.Source.Span))
            return RecipePublisher.Unreadable(name);
        return await drafts.TryWriteAsync(name, source, null, catalogue.Find(name)?.SourceVersion, caller, null, cancellationToken) ?? await designer.SavedAsync(name, cancellationToken);
    }

    /// <summary>Puts a former version into the draft, where no other window has put something else.</summary>
    public async Task<SaveResult> RevertAsync(string name, int number, Caller caller, string? editor, CancellationToken cancellationToken)
    {
        if (await designer.FindAsync(name, new VersionOptions(VersionOptions.Kind.Number, number), cancellationToken) is not { } former)
            return new SaveResult.NotFound(name);
        if (former.Version.IsLatest)
            return await designer.SavedAsync(name, cancellationToken);
        if (await designer.FindLatestAsync(name, cancellationToken) is not { } latest)
            return new SaveResult.NotFound(name);
        if (latest.Draft is { } draft && (draft.Editor is null || draft.Editor != editor))
            return new SaveResult.Conflict($"'{name}' has a draft of {draft.SavedBy}, of {draft.SavedAt:u}, that would be lost. Publish it or delete that version first.");
        // This window, too, has to look at what is there now before it saves again.
        return await drafts.TryWriteAsync(name, former.Source, latest.Draft?.Revision, latest.Draft is null ? latest.Version.Id.Version : latest.Draft.Base, caller, null, cancellationToken) ?? await designer.SavedAsync(name, cancellationToken);
    }

    private async Task<SaveResult> CreateAsync(JsonObject model, bool publish, Caller caller, string? editor, CancellationToken cancellationToken)
    {
        var wish = RecipeName.From(model.Text("name") ?? "");
        for (var number = 1; number < 1000; number++)
        {
            var name = number == 1 ? wish : $"{wish}-{number}";
            if (catalogue.Find(name) is not null || await designs.FindDraftAsync(name, cancellationToken) is not null)
                continue;
            if (TryApply(new JsonObject { ["definitionId"] = name }, model, "") is not { } source)
                return Damaged();
            if (source["root"].Text("type") is { } type && form.IsUnknown(type))
                return new SaveResult.Invalid($"A recipe cannot be a {type[(type.LastIndexOf('.') + 1)..]} here: choose Flowchart or Sequence.");
            source["root"] ??= form.Show(new JsonObject(), name)["root"]!.DeepClone();
            await binder.BindAsync(source, null, caller.Tenant, cancellationToken);
            switch (await drafts.TryWriteAsync(name, source, null, null, caller, editor, cancellationToken))
            {
                case null:
                    return publish ? await publisher.PublishAsync(name, caller, editor, cancellationToken) : await designer.SavedAsync(name, cancellationToken);
                case SaveResult.Invalid invalid:
                    return invalid;
            }
        }

        return new SaveResult.Invalid("There are a thousand recipes of that name already.");
    }

    // Null when something came back that Studio was never given.
    private JsonObject? TryApply(JsonObject source, JsonObject model, string fallbackName)
    {
        try
        {
            return edit.Apply(source, (JsonObject)model.DeepClone(), fallbackName);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static string? TakeRevision(JsonObject model)
    {
        if (model["customProperties"] is not JsonObject properties)
            return null;
        var revision = properties.Text(Revision);
        properties.Remove(Revision);
        return revision;
    }

    private static SaveResult.Invalid Damaged() => new("A part of the recipe came back damaged, so nothing was stored. Reload the page.");

    private static SaveResult.Conflict Changed(DesignedVersion latest, string name) => new(
        $"'{name}' was changed meanwhile{(latest.By is { } by ? $" by {by}" : " in the folder")}, at {latest.At:u}. Nothing was written over. Reload the page to go on from there; what you changed is only in this window.");

    private List<JsonObject> Unknown(JsonObject source) =>
        source["root"] is JsonObject root && ActivityJson.IsActivity(root) ? [.. ActivityJson.AllOf(form.ShowActivity(root)).Where(a => a.Text("type") == EngineActivities.NotFound)] : [];
}
