namespace Recipes.Host;

internal static class StudioRegistration
{
    public static IServiceCollection AddStudioShell(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<StudioShellOptions>(configuration.GetSection(StudioShellOptions.Section));
        services.AddSingleton<StudioPackage>();
        return services;
    }
}
