using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Wires the engine up.</summary>
public static class RecipesEngineServices
{
    /// <summary>
    /// Adds the recipe folder, the catalogue, the checker and the caller. The host brings <see cref="IRunStore"/>, <see cref="IRunQueue"/>, the
    /// <see cref="Connectors.ConnectorCatalogue"/>, and from the connections their resolver, clients and store.
    /// </summary>
    public static IServiceCollection AddRecipesEngine(this IServiceCollection services, Action<RecipesEngineOptions>? configure = null)
    {
        services.AddOptions<RecipesEngineOptions>()
            .Configure(options => configure?.Invoke(options))
            .Validate(o => o.RecipesFolder.Length > 0, "RecipesFolder is the folder that recipes are loaded from; it may not be empty.")
            .Validate(o => o.MaxSteps is >= 1 and <= 1_000_000, "MaxSteps is 1 to 1,000,000.")
            .Validate(o => o.MaxDepth is >= 0 and <= 100, "MaxDepth is 0 to 100.")
            .Validate(o => o.RunsAtOnce is >= 1 and <= 10_000, "RunsAtOnce is 1 to 10,000.")
            .Validate(o => o.CallsAtOnce is >= 1 and <= 100_000, "CallsAtOnce is 1 to 100,000.")
            .Validate(o => o.LongestQueue is >= 1 and <= 10_000_000, "LongestQueue is 1 to 10,000,000.")
            .Validate(o => o.ResumedAtOnce is >= 1 and <= 1000, "ResumedAtOnce is 1 to 1,000.")
            .Validate(o => o.RunsPerConnection is null or (>= 1 and <= 10_000), "RunsPerConnection is 1 to 10,000, or left out.")
            .Validate(o => o.LookEvery >= TimeSpan.FromMilliseconds(10) && o.LookEvery <= TimeSpan.FromMinutes(1), "LookEvery is 10 milliseconds to 1 minute.")
            .Validate(o => o.LongestCall >= TimeSpan.Zero && o.LongestCall <= TimeSpan.FromMinutes(10), "LongestCall is 0 to 10 minutes.")
            .Validate(o => o.StopGrace >= TimeSpan.Zero && o.StopGrace <= TimeSpan.FromMinutes(5), "StopGrace is 0 to 5 minutes.")
            .Validate(o => o.KeepRunsFor >= TimeSpan.FromHours(1) && o.KeepRunsFor <= TimeSpan.FromDays(3650), "KeepRunsFor is 1 hour to 10 years.")
            .Validate(o => o.MaxRunSize is >= 1000 and <= 1_000_000_000, "MaxRunSize is 1,000 to 1,000,000,000 bytes.")
            .Validate(o => o.MaxInputSize >= 1000 && o.MaxInputSize <= o.MaxRunSize, "MaxInputSize is 1,000 bytes to MaxRunSize.")
            .Validate(o => o.MaxRunTime is null || (o.MaxRunTime >= RunLimits.ShortestTime && o.MaxRunTime <= RunLimits.LongestTime), "MaxRunTime is 1 second to 366 days.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IActionCatalogue, ConnectorActions>();
        services.TryAddSingleton<IStableKeys, StoredStableKeys>();
        services.AddSingleton<RecipeCatalogue>();
        services.AddSingleton<RecipeFolder>();
        services.AddSingleton<RecipeChecker>();
        services.AddSingleton<RunningRuns>();
        services.AddSingleton<RecipeVersions>();
        services.AddSingleton<RunKeeper>();
        services.AddSingleton<RunExecutor>();
        services.AddSingleton<RunDispatcher>();
        services.AddSingleton(s => new RecipeCaller(
            s.GetRequiredService<RecipeCatalogue>(), s.GetRequiredService<IConnectionResolver>(), s.GetRequiredService<IStableKeys>(), s.GetRequiredService<IRunStore>(), s.GetRequiredService<IRunQueue>(),
            s.GetRequiredService<RunExecutor>(), s.GetRequiredService<RunDispatcher>(), s.GetRequiredService<RecipeVersions>(), s.GetRequiredService<RunningRuns>(),
            s.GetRequiredService<IOptions<RecipesEngineOptions>>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<RecipeCaller>>()));
        services.AddSingleton<RunControl>();
        services.AddSingleton(s => new RunStandings(
            s.GetRequiredService<IRunStore>(), s.GetRequiredService<RecipeVersions>(), s.GetRequiredService<RecipeCatalogue>(), s.GetRequiredService<IConnectionClients>(),
            s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<RunStandings>>()));
        services.AddHostedService<EngineLifetime>();
        services.AddHostedService(s => s.GetRequiredService<RunDispatcher>());
        return services;
    }
}
