using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Everything that writes into the folder: publishing, unpublishing, removing, and files that programs send. One at a time, and never over what nobody has seen.</summary>
internal sealed class RecipePublisher(
    RecipeDesigner designer, RecipeCatalogue catalogue, RecipeHistory history, IRecipeDesigns designs, DraftWriter drafts, RecipeFolder folder, RecipeChecker checker, PublicationCheck publicationCheck, TimeProvider time)
{
    /// <summary>What Studio keeps beside a recipe for trying its steps; it is nobody else's business.</summary>
    private const string TestValues = "VariableTestValues";

    private readonly SemaphoreSlim _one = new(1);
    private readonly ConcurrentDictionary<string, (string Version, string Editor)> _published = new();

    /// <summary>The window that published a version; null when it was none of ours.</summary>
    public string? EditorOf(string name, string? version) => _published.TryGetValue(name, out var last) && last.Version == version ? last.Editor : null;

    /// <summary>Makes the draft the recipe's file, which runs from then on.</summary>
    public Task<SaveResult> PublishAsync(string name, Caller caller, string? editor, CancellationToken cancellationToken) => AloneAsync(name, async () =>
    {
        if (await designs.FindDraftAsync(name, cancellationToken) is not { } draft)
        {
            return await designer.SavedAsync(name, cancellationToken) switch
            {
                SaveResult.Saved { Faults: { Count: > 0 } standing } => new SaveResult.Refused(standing),
                SaveResult.Saved saved => saved with { WasPublished = true },
                _ => new SaveResult.NotFound(name),
            };
        }

        var file = catalogue.Find(name);
        if (file?.SourceVersion != draft.Base)
        {
            // Told once; whoever publishes again knows.
            await designs.TrySaveDraftAsync(draft with { Base = file?.SourceVersion, Revision = drafts.NewRevision() }, draft.Revision, cancellationToken);
            if (file is null)
                return new SaveResult.Refused([new(name, $"The file {name}.json was taken out of the folder since this draft was begun. Publish again to put it there anew.")]);
            return new SaveResult.Refused([new(name, $"The file {name}.json was changed in the folder since this draft was begun. Look at both versions; publish again to put yours in its place. The other one stays in the list of versions.")]);
        }

        var text = WithoutTestValues(draft);
        var preview = checker.Preview(name, text);
        var faults = preview.Faults.Concat(await publicationCheck.FindAsync(preview, caller, cancellationToken)).ToList();
        if (faults.Count > 0)
            return new SaveResult.Refused(faults);
        var version = await WriteAsync(name, text, caller, cancellationToken);
        if (editor is not null)
            _published[name] = (version, editor);
        if (!await designs.TryRemoveDraftAsync(name, draft.Revision, cancellationToken) && await designs.FindDraftAsync(name, cancellationToken) is { } newer)
            await designs.TrySaveDraftAsync(newer with { Base = version }, newer.Revision, cancellationToken);
        return await designer.SavedAsync(name, cancellationToken);
    }, cancellationToken);

    /// <summary>Puts a file into the folder as it is, past any draft, whose author is told when it is published.</summary>
    /// <param name="mayReplace">Whether it may take the place of what is there, by that one's version; null when there is nothing.</param>
    /// <exception cref="IOException">When the folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public async Task<FileWriteResult> WriteFileAsync(string name, ReadOnlyMemory<byte> json, Func<string?, bool> mayReplace, Caller caller, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            folder.Scan();
            var before = catalogue.Find(name)?.SourceVersion;
            if (!mayReplace(before))
                return new FileWriteResult.OtherVersion(before);
            if (checker.Check(name, json) is { Faults: { Count: > 0 } faults })
                return new FileWriteResult.Refused(faults);
            await WriteAsync(name, json, caller, cancellationToken);
            return new FileWriteResult.Written(catalogue.Find(name)!, before is null);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Takes the recipe out of the folder, so that nothing starts it any more; it stays as a draft.</summary>
    public Task<SaveResult> RetractAsync(string name, Caller caller, CancellationToken cancellationToken) => AloneAsync(name, async () =>
    {
        if (catalogue.Find(name) is not { } file)
            return await designer.SavedAsync(name, cancellationToken);
        if (!RecipeDesigner.IsReadable(file.Source.Span))
            return Unreadable(name);
        await history.ListAsync(name, cancellationToken);
        var draft = await designs.FindDraftAsync(name, cancellationToken);
        var isKept = draft is not null
            ? await designs.TrySaveDraftAsync(draft with { Base = null, Revision = drafts.NewRevision() }, draft.Revision, cancellationToken)
            : await drafts.TryWriteAsync(name, RecipeDesigner.Parse(file.Source.Span, name), null, null, caller, null, cancellationToken) is null;
        if (!isKept)
            return new SaveResult.Conflict("The recipe was changed meanwhile. Reload the page.");
        folder.Remove(name);
        return await designer.SavedAsync(name, cancellationToken);
    }, cancellationToken);

    /// <summary>Removes a recipe with all its versions.</summary>
    /// <returns>Null when it is gone.</returns>
    public Task<SaveResult?> RemoveAsync(string name, CancellationToken cancellationToken) => AloneAsync<SaveResult?>(name, async () =>
    {
        if (catalogue.Find(name) is null && await designs.FindDraftAsync(name, cancellationToken) is null)
            return new SaveResult.NotFound(name);
        folder.Remove(name);
        await designs.ForgetAsync(name, cancellationToken);
        history.Forget(name);
        return null;
    }, cancellationToken);

    /// <summary>Removes one version: a draft is given up, a former version is forgotten.</summary>
    /// <returns>Null when it is gone.</returns>
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
        {
            return (await history.ListAsync(id.Recipe, cancellationToken)).Count > 0
                ? new SaveResult.Invalid("The recipe is not published, so this draft is all that is left to open it by. Go back to a former version, or delete the recipe as a whole.")
                : await RemoveAsync(id.Recipe, cancellationToken);
        }

        return await designs.TryRemoveDraftAsync(id.Recipe, draft.Revision, cancellationToken) ? null : new SaveResult.Conflict("The draft was changed meanwhile. Reload the page.");
    }

    public static SaveResult Unreadable(string name) => new SaveResult.Invalid($"The file {name}.json is no JSON, or too long, so nothing is written over it. Put it right in the folder first.");

    private async Task<string> WriteAsync(string name, ReadOnlyMemory<byte> json, Caller caller, CancellationToken cancellationToken)
    {
        // What was there stays in the list of versions.
        await history.ListAsync(name, cancellationToken);
        var version = RecipeVersion.Of(json.Span);
        folder.Write(name, json.Span);
        await designs.AddPublicationsAsync([new(name, version, json, time.GetUtcNow(), caller.User.Value)], cancellationToken);
        return version;
    }

    private static ReadOnlyMemory<byte> WithoutTestValues(RecipeDraft draft)
    {
        var source = RecipeDesigner.Parse(draft.Source.Span, draft.Recipe);
        if (source["customProperties"] is not JsonObject properties || !properties.Remove(TestValues))
            return draft.Source;
        if (properties.Count == 0)
            source.Remove("customProperties");
        return RecipeText.Write(source);
    }

    private async Task<T> AloneAsync<T>(string name, Func<Task<T>> work, CancellationToken cancellationToken)
        where T : SaveResult?
    {
        if (!RecipeName.IsValid(name))
            return (T)(SaveResult)new SaveResult.Invalid($"The file {name}.json has a name that only the folder can change: use letters, digits, '-', '_' and dots.");
        await _one.WaitAsync(cancellationToken);
        try
        {
            // The folder may have changed since it was looked at last.
            folder.Scan();
            return await work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (T)(SaveResult)new SaveResult.Invalid($"The file {name}.json cannot be changed: {e.Message} The draft is kept.");
        }
        finally
        {
            _one.Release();
        }
    }
}
