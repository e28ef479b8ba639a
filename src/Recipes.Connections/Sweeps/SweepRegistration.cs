using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Recipes.Connections;

public static class SweepRegistration
{
    /// <summary>Has the host run it as often as it says; it can be asked for by its own type as well, and run by hand.</summary>
    public static IServiceCollection AddSweep<T>(this IServiceCollection services)
        where T : class, ISweep
    {
        services.TryAddSingleton<T>();
        services.TryAddSingleton<Sweeps>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISweep, T>(s => s.GetRequiredService<T>()));
        return services;
    }
}
