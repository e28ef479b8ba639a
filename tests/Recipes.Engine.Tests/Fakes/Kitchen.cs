using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Recipes.Connections;

namespace Recipes.Engine.Tests;

/// <summary>An engine over a folder of its own, with fakes where connections would be.</summary>
internal sealed class Kitchen : IDisposable
{
    private readonly RunningRuns _running;
    private readonly TimeSpan _stopGrace;
    private readonly bool _isGuest;

    /// <param name="of">Another node of the same; null for one that is alone.</param>
    public Kitchen(int maxSteps = 10_000, int maxDepth = 16, TimeProvider? time = null, Action<RecipesEngineOptions>? configure = null, Kitchen? of = null)
    {
        (_isGuest, Directory) = of is null ? (false, System.IO.Directory.CreateTempSubdirectory("recipes-").FullName) : (true, of.Directory);
        (Actions, Resolver, Clients, Keys, Runs) = of is null ? (new(), new(), new(), new(), new()) : (of.Actions, of.Resolver, of.Clients, of.Keys, of.Runs);
        var settings = new RecipesEngineOptions
        {
            RecipesFolder = Directory,
            MaxSteps = maxSteps,
            MaxDepth = maxDepth,
            Quiet = TimeSpan.FromMilliseconds(20),
            Rescan = TimeSpan.FromHours(1),
            LookEvery = TimeSpan.FromMilliseconds(10),
            StopGrace = TimeSpan.FromMilliseconds(100),
        };
        configure?.Invoke(settings);
        var options = Options.Create(settings);
        time ??= TimeProvider.System;
        (_running, Runs.Time) = (new(), time);
        var versions = new RecipeVersions(Catalogue, Actions, Runs);
        var executor = new RunExecutor(Catalogue, versions, Clients, new(versions, Runs, Runs, _running, time, NullLogger<RunKeeper>.Instance), Runs, _running, options, time, NullLogger<RunExecutor>.Instance);
        Dispatcher = new(Runs, executor, _running, options, time, NullLogger<RunDispatcher>.Instance);
        Folder = new(Catalogue, Actions, options, TimeProvider.System, NullLogger<RecipeFolder>.Instance);
        Caller = new(Catalogue, Resolver, Keys, Runs, Runs, executor, Dispatcher, versions, _running, options, time, NullLogger<RecipeCaller>.Instance);
        _stopGrace = settings.StopGrace;
        Checker = new(Catalogue, Actions, Keys, TimeProvider.System);
    }

    public string Directory { get; }
    public RecipeCatalogue Catalogue { get; } = new();
    public FakeActions Actions { get; }
    public FakeResolver Resolver { get; }
    public FakeClients Clients { get; }
    public FakeKeys Keys { get; }
    public MemoryRuns Runs { get; }
    public RecipeFolder Folder { get; }
    public RecipeCaller Caller { get; }
    public RunControl Control => new(Runs, Runs, Caller, NullLogger<RunControl>.Instance);
    public RunDispatcher Dispatcher { get; }
    public RecipeChecker Checker { get; }

    public static Caller Rep { get; } = new(TenantId.Default, UserId.Parse("rep-one"), Privileges.Member);

    public Kitchen With(string name, JsonObject definition)
    {
        Write(name, definition.ToJsonString());
        Folder.Scan();
        return this;
    }

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Directory, name + ".json"), text);

    public async Task<Run> RunAsync(string recipe, params (string Name, object? Value)[] input)
    {
        var result = await Caller.CallAsync(new() { Caller = Rep, Recipe = recipe, Input = input.ToDictionary(i => i.Name, i => i.Value) });
        if (result is RecipeCallResult.Broken broken)
            throw new InvalidOperationException(string.Join('\n', broken.Faults));
        return result.ShouldBeOfType<RecipeCallResult.Ended>().Run;
    }

    /// <summary>Runs a definition and returns the notes it wrote.</summary>
    public static async Task<IReadOnlyList<string>> NotesAsync(JsonObject definition, params (string Name, object? Value)[] input)
    {
        using var kitchen = new Kitchen().With("it", definition);
        var run = await kitchen.RunAsync("it", input);
        run.Failure.ShouldBeNull();
        return run.Notes();
    }

    /// <summary>Starts a run that nobody waits for.</summary>
    public async Task<RunId> StartAsync(string recipe, params (string Name, object? Value)[] input)
    {
        if (Dispatcher.ExecuteTask is null)
            await Dispatcher.StartAsync(default);
        return (await Caller.CallAsync(new() { Caller = Rep, Recipe = recipe, Wait = false, Input = input.ToDictionary(i => i.Name, i => i.Value) })).ShouldBeOfType<RecipeCallResult.Accepted>().Run;
    }

    /// <summary>A run that has ended.</summary>
    public Task<Run> EndOfAsync(RunId run) => UntilAsync(run, r => r.EndedAt is not null);

    /// <summary>Another node begins to take runs out of the queue.</summary>
    public async Task<Kitchen> StartAnotherAsync()
    {
        var another = new Kitchen(time: Runs.Time, of: this);
        another.Folder.Scan();
        await another.Dispatcher.StartAsync(default);
        return another;
    }

    /// <summary>A run once it has come to where it is looked for.</summary>
    public async Task<Run> UntilAsync(RunId run, Func<Run, bool> isThere)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!isThere(Runs.All[run]))
            await Task.Delay(5, limit.Token);
        return Runs.All[run];
    }

    /// <summary>As a host does when it stops.</summary>
    public async Task StopAsync(bool wait = true)
    {
        if (!wait)
        {
            _running.Stop(_stopGrace);
            return;
        }

        await Dispatcher.StopAsync(default);
        await _running.StopAsync(_stopGrace, default);
    }

    public void Dispose()
    {
        Dispatcher.Dispose();
        _running.Dispose();
        if (_isGuest)
        {
            Folder.Dispose();
            return;
        }

        Folder.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}

internal static class RunReading
{
    public static IReadOnlyList<string> Notes(this Run run) => [.. run.Journal.Where(e => e.Note is not null).Select(e => e.Note!)];

    public static IReadOnlyList<string> Steps(this Run run) => [.. run.Journal.Select(e => $"{e.Step}:{e.Outcome}")];

    public static string OutputText(this Run run) => Encoding.UTF8.GetString(run.Output.Span);
}
