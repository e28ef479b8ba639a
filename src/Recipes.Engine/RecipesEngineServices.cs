using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Recipes.Engine;

/// <summary>Wires the engine up.</summary>
public static class RecipesEngineServices
{
    /// <summary>
    /// Adds the recipe folder, the catalogue, the checker and the caller. The host brings <see cref="IRunStore"/>, the
    /// <see cref="Connectors.ConnectorCatalogue"/>, and from the connections their resolver, clients and store.
    /// </summary>
    public static IServiceCollection AddRecipesEngine(this IServiceCollection services, Action<RecipesEngineOptions>? configure = null)
    {
        services.AddOptions<RecipesEngineOptions>()
            .Configure(options => configure?.Invoke(options))
            .Validate(o => o.RecipesFolder.Length > 0, "RecipesFolder is the folder that recipes are loaded from; it may not be empty.")
            .Validate(o => o.MaxSteps is >= 1 and <= 1_000_000, "MaxSteps is 1 to 1,000,000.")
            .Validate(o => o.MaxDepth is >= 0 and <= 100, "MaxDepth is 0 to 100.")
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
        services.AddSingleton<RecipeCaller>();
        services.AddHostedService<EngineLifetime>();
        return services;
    }
}
