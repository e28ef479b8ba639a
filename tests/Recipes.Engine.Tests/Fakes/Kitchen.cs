using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Recipes.Connections;

namespace Recipes.Engine.Tests;

/// <summary>An engine over a folder of its own, with fakes where connections would be.</summary>
internal sealed class Kitchen : IDisposable
{
    public Kitchen(int maxSteps = 10_000, int maxDepth = 16, TimeProvider? time = null, Action<RecipesEngineOptions>? configure = null)
    {
        var settings = new RecipesEngineOptions { RecipesFolder = Directory, MaxSteps = maxSteps, MaxDepth = maxDepth, Quiet = TimeSpan.FromMilliseconds(20), Rescan = TimeSpan.FromHours(1) };
        configure?.Invoke(settings);
        var options = Options.Create(settings);
        Folder = new(Catalogue, Actions, options, TimeProvider.System, NullLogger<RecipeFolder>.Instance);
        Caller = new(Catalogue, Resolver, Clients, Keys, Runs, options, time ?? TimeProvider.System, NullLogger<RecipeCaller>.Instance);
        Checker = new(Catalogue, Actions, Keys, TimeProvider.System);
    }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("recipes-").FullName;
    public RecipeCatalogue Catalogue { get; } = new();
    public FakeActions Actions { get; } = new();
    public FakeResolver Resolver { get; } = new();
    public FakeClients Clients { get; } = new();
    public FakeKeys Keys { get; } = new();
    public MemoryRuns Runs { get; } = new();
    public RecipeFolder Folder { get; }
    public RecipeCaller Caller { get; }
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

    public void Dispose()
    {
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
