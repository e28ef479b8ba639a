using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Engine;

/// <summary>
/// Keeps the catalogue in step with a folder of <c>*.json</c> files: at start and on every change. A file with faults leaves the last version
/// that could run in place, a deleted file takes its recipe away, and a file that is still being written is not looked at.
/// </summary>
public sealed partial class RecipeFolder : IDisposable
{
    /// <summary>Largest recipe file, in bytes.</summary>
    private const int MaxLength = 4 * 1024 * 1024;

    private readonly RecipeCatalogue _catalogue;
    private readonly IActionCatalogue _actions;
    private readonly RecipesEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RecipeFolder> _log;
    private readonly Lock _scanning = new();
    private readonly Dictionary<string, LoadedRecipe> _loaded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unreadable = new(StringComparer.Ordinal);
    private FileSystemWatcher? _watcher;
    private ITimer? _quiet;
    private ITimer? _rescan;

    public RecipeFolder(RecipeCatalogue catalogue, IActionCatalogue actions, IOptions<RecipesEngineOptions> options, TimeProvider time, ILogger<RecipeFolder> log) =>
        (_catalogue, _actions, _options, _time, _log) = (catalogue, actions, options.Value, time, log);

    /// <summary>The folder, as an absolute path.</summary>
    public string Path => System.IO.Path.GetFullPath(_options.RecipesFolder);

    /// <summary>Loads the folder and begins to watch it.</summary>
    public void Start()
    {
        Directory.CreateDirectory(Path);
        _quiet = _time.CreateTimer(_ => ScanQuietly(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _watcher = new FileSystemWatcher(Path, "*.json") { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
        _watcher.Changed += (_, _) => ScanSoon();
        _watcher.Created += (_, _) => ScanSoon();
        _watcher.Deleted += (_, _) => ScanSoon();
        _watcher.Renamed += (_, _) => ScanSoon();
        _watcher.Error += (_, _) => ScanSoon();
        _watcher.EnableRaisingEvents = true;
        Scan(first: true);
        _rescan = _time.CreateTimer(_ => ScanQuietly(), null, _options.Rescan, _options.Rescan);
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _quiet?.Dispose();
        _rescan?.Dispose();
    }

    /// <summary>Reads the folder again now.</summary>
    public void Scan() => Scan(first: false);

    /// <summary>Puts a recipe's file there as a whole, or another in its place, and loads it.</summary>
    /// <exception cref="ArgumentException">When no file can have that name; see <see cref="RecipeName.IsValid"/>.</exception>
    /// <exception cref="IOException">When it cannot be written; what was there is there still.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void Write(string name, ReadOnlySpan<byte> json)
    {
        var file = FileOf(name);
        // Not *.json, so that nobody loads it half-written.
        var temporary = System.IO.Path.Combine(Path, $".{name}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(json);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, file, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        Scan();
    }

    /// <summary>Deletes a recipe's file, if there is one.</summary>
    /// <exception cref="IOException">When it cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void Remove(string name)
    {
        File.Delete(FileOf(name));
        Scan();
    }

    private string FileOf(string name) => RecipeName.IsValid(name)
        ? System.IO.Path.Combine(Path, $"{name}.json")
        : throw new ArgumentException($"'{name}' is no name of a recipe: use letters, digits, '-', '_' and dots, at most {RecipeName.MaxLength}.", nameof(name));

    private void Scan(bool first)
    {
        lock (_scanning)
        {
            var changed = first;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var file in Directory.EnumerateFiles(Path, "*.json").Order(StringComparer.Ordinal))
            {
                var name = System.IO.Path.GetFileNameWithoutExtension(file);
                if (name.Length == 0 || name[0] == '.')
                    continue;
                seen.Add(name);
                changed |= Read(file, name, first);
            }

            foreach (var gone in _loaded.Keys.Where(n => !seen.Contains(n)).ToList())
            {
                _loaded.Remove(gone);
                changed = true;
                LogRemoved(gone);
            }

            if (changed)
                Publish();
        }
    }

    // Whether there is a new version of the file.
    private bool Read(string file, string name, bool first)
    {
        byte[] content;
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > MaxLength)
                return Refuse(name, $"too-long-{stream.Length}", $"The file is longer than {MaxLength / 1024 / 1024} MB.");
            content = new byte[stream.Length];
            stream.ReadExactly(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Deleted or locked in this moment: the next event or rescan sees what became of it.
            LogUnreadable(name, e.Message);
            return false;
        }

        var version = RecipeVersion.Of(content);
        var before = _loaded.GetValueOrDefault(name);
        if (before?.Version == version)
            return false;
        var compiled = PlanCompiler.CompileAny(name, content, _actions, e => LogNotCompiled(e, name));
        if (compiled.Document is null && !first && _unreadable.GetValueOrDefault(name) != version)
        {
            // No JSON: perhaps its writer is half way through. It counts when the next look finds the same.
            _unreadable[name] = version;
            ScanSoon();
            return false;
        }

        _unreadable.Remove(name);
        _loaded[name] = new(name, version, _time.GetUtcNow(), content, compiled, before?.LastGood);
        return true;
    }

    private bool Refuse(string name, string version, string message)
    {
        if (_loaded.GetValueOrDefault(name) is { } before && before.Version == version)
            return false;
        _loaded[name] = new(name, version, _time.GetUtcNow(), default, new(null, null, [new(name, message)], []), _loaded.GetValueOrDefault(name)?.LastGood);
        return true;
    }

    private void Publish()
    {
        var linked = RecipeLinker.Link(_loaded.Values);
        foreach (var (name, recipe) in linked)
        {
            var one = _loaded[name];
            if (recipe.Plan is not null && recipe.Plan == one.Newest.Plan)
                _loaded[name] = one with { LastGood = RecipeLinker.Newest(one) };
            foreach (var fault in recipe.Faults)
                LogFault(fault.ToString());
        }

        LogLoaded(linked.Count, linked.Values.Count(r => r.Faults.Count > 0));
        _catalogue.Replace(linked);
    }

    private void ScanSoon()
    {
        try
        {
            _quiet?.Change(_options.Quiet, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The last event of a watcher that is being closed.
        }
    }

    private void ScanQuietly()
    {
        try
        {
            Scan(first: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(Path, e.Message);
        }
        catch (Exception e)
        {
            // Nobody waits for a timer: thrown on, this would end the process.
            LogScanFailed(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} recipes loaded, {Faulty} of them with faults")]
    private partial void LogLoaded(int count, int faulty);

    [LoggerMessage(Level = LogLevel.Information, Message = "Recipe {Recipe} is gone: its file was deleted")]
    private partial void LogRemoved(string recipe);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Recipe fault: {Fault}")]
    private partial void LogFault(string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Recipe {Recipe} threw when it was compiled")]
    private partial void LogNotCompiled(Exception exception, string recipe);

    [LoggerMessage(Level = LogLevel.Error, Message = "The recipes could not be reloaded; they stay as they are")]
    private partial void LogScanFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Recipe} cannot be read at the moment: {Reason}")]
    private partial void LogUnreadable(string recipe, string reason);
}
