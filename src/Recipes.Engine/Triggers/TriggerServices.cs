using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Wires triggers up.</summary>
public static class TriggerServices
{
    /// <summary>Adds what starts recipes other than calls. The host brings <see cref="ITriggerStore"/> and <see cref="IHookAddress"/>, and has the sweep run.</summary>
    public static IServiceCollection AddRecipeTriggers(this IServiceCollection services)
    {
        services.TryAddSingleton<TriggerVault>();
        services.TryAddSingleton<TriggerReadiness>();
        services.TryAddSingleton<RecordHandOver>();
        services.TryAddSingleton<Polling>();
        services.TryAddSingleton<Scheduling>();
        services.TryAddSingleton<ConnectionEvents>();
        services.TryAddSingleton<HookRegistrations>();
        services.TryAddSingleton<TriggerWork>();
        services.TryAddSingleton(s => new TriggerHooks(
            s.GetRequiredService<ITriggerStore>(), s.GetRequiredService<TriggerReadiness>(), s.GetRequiredService<RecordHandOver>(), s.GetRequiredService<TriggerVault>(),
            s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<TriggerHooks>>()));
        services.TryAddSingleton(s => new TriggerSwitch(
            s.GetRequiredService<ITriggerStore>(), s.GetRequiredService<RecipeCatalogue>(), s.GetRequiredService<RecipeCaller>(), s.GetRequiredService<IConnectionStore>(),
            s.GetRequiredService<TriggerWork>(), s.GetRequiredService<TriggerVault>(), s.GetRequiredService<IHookAddress>(), s.GetRequiredService<TimeProvider>()));
        return services.AddSweep<TriggerSweep>();
    }
}
