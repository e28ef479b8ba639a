using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage;

public static class StorageServices
{
    /// <summary>The store and its key ring, from the sections <c>Storage</c> and <c>KeyRing</c>.</summary>
    public static IServiceCollection AddRecipesStorage(this IServiceCollection services, IConfiguration configuration)
    {
        var storage = configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new();
        var keyRing = configuration.GetSection(KeyRingOptions.Section).Get<KeyRingOptions>() ?? new();
        return services.AddRecipesStorage(storage, keyRing);
    }

    /// <summary>The store, SQLite or PostgreSQL as the options say, and its key ring.</summary>
    /// <exception cref="OptionsValidationException">When an option is out of range.</exception>
    /// <exception cref="StorageStartException">When a configured certificate cannot be used.</exception>
    public static IServiceCollection AddRecipesStorage(this IServiceCollection services, StorageOptions options, KeyRingOptions? keyRing = null)
    {
        var check = new StorageOptionsCheck();
        if (check.Validate(null, options) is { Failed: true, Failures: var faults })
            throw new OptionsValidationException(Options.DefaultName, typeof(StorageOptions), faults);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>>(check));
        services.AddOptions<StorageOptions>()
            .Configure(o => (o.DataFolder, o.RunSynchronous, o.Postgres, o.PostgresWait, o.RunLease) = (options.DataFolder, options.RunSynchronous, options.Postgres, options.PostgresWait, options.RunLease))
            .ValidateOnStart();
        services.TryAddSingleton<StorageStartup>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StorageStartup>(p => p.GetRequiredService<StorageStartup>()));
        if (options.UsesPostgres)
            services.AddPostgres(options.Postgres!, keyRing);
        else
            services.AddSqlite(options, keyRing);

        services.TryAddSingleton(TimeProvider.System);
        services.AddConnectionStore<ConnectionStore>();
        services.AddOptions<TenantOptions>();
        services.TryAddSingleton<IDevelopmentAppStore, DevelopmentAppStore>();
        services.TryAddSingleton<IAuthorizationFlowStore, AuthorizationFlowStore>();
        services.TryAddSingleton<IDeviceFlowStore, DeviceFlowStore>();
        services.TryAddSingleton<IUserStore, UserStore>();
        services.TryAddSingleton<IConnectionLog, ConnectionLog>();
        services.TryAddSingleton<IConnectionSearch, ConnectionSearch>();
        services.TryAddSingleton<ICheckSchedule, CheckSchedule>();
        services.TryAddSingleton<Node>();
        services.TryAddSingleton<IRefreshLeases, RefreshLeases>();
        services.TryAddSingleton<IIncidentStore, IncidentStore>();
        services.TryAddSingleton<IAlertOutbox, AlertOutbox>();
        services.TryAddSingleton<IConnectionCounts, ConnectionCounter>();
        services.TryAddSingleton<IRunStore, RunWriter>();
        services.TryAddSingleton<IRunQueue, RunQueue>();
        services.TryAddSingleton<IRecipeDesigns, RecipeDesigns>();
        services.TryAddSingleton<ITriggerStore, TriggerStore>();
        services.TryAddSingleton<KeyRingCheck>();
        services.TryAddSingleton(s => new StorageHealth(s.GetRequiredService<IDbContextFactory<RecipesDatabase>>(), s.GetRequiredService<IDataProtectionProvider>(), s.GetService<PostgresNews>()));
        return services;
    }

    /// <summary>Makes the data folder, migrates the database and checks the key ring against it. A host that starts does it by itself; call it to use the store before that.</summary>
    /// <exception cref="StorageStartException">When this data folder cannot or must not be used; the message says what to do.</exception>
    public static Task MigrateRecipesStorageAsync(this IServiceProvider services, CancellationToken cancellationToken = default) =>
        services.GetRequiredService<StorageStartup>().RunAsync(cancellationToken);

    private static void AddSqlite(this IServiceCollection services, StorageOptions options, KeyRingOptions? keyRing)
    {
        services.AddRecipesKeyRing(options.DataFolder, keyRing);
        services.TryAddSingleton(new KeyRingPlace(options.KeysFolder, options.KeysFolder));
        services.AddPooledDbContextFactory<SqliteRecipes>((provider, builder) =>
            SqliteRecipes.Configure(builder, provider.GetRequiredService<IOptions<StorageOptions>>().Value.DatabaseFile));
        services.TryAddSingleton<IDbContextFactory<RecipesDatabase>, RecipesDatabaseFactory<SqliteRecipes>>();
        services.TryAddSingleton<IDatabaseStart, SqliteStart>();
        services.TryAddSingleton<IRunTable, SqliteRunTable>();
    }

    private static void AddPostgres(this IServiceCollection services, string connectionString, KeyRingOptions? keyRing)
    {
        services.AddSharedKeyRing(keyRing);
        services.TryAddSingleton(new KeyRingPlace($"the table key_ring of {PostgresAddress.Of(connectionString)}", null));
        services.TryAddSingleton(_ => PostgresSource.Create(connectionString));
        services.AddPooledDbContextFactory<PostgresRecipes>((provider, builder) => PostgresRecipes.Configure(builder, provider.GetRequiredService<NpgsqlDataSource>()));
        services.TryAddSingleton<IDbContextFactory<RecipesDatabase>, RecipesDatabaseFactory<PostgresRecipes>>();
        services.TryAddSingleton<IDatabaseStart, PostgresStart>();
        services.TryAddSingleton<IRunTable, PostgresRunTable>();
        services.TryAddSingleton<NodeHeartbeat>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, NodeHeartbeat>(p => p.GetRequiredService<NodeHeartbeat>()));
        services.TryAddSingleton<PostgresNews>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PostgresNews>(p => p.GetRequiredService<PostgresNews>()));
    }
}
