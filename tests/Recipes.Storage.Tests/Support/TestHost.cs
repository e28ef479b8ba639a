using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage.Tests;

/// <summary>The store as a host wires it, on a folder or a database that may outlive it.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private TestHost(ServiceProvider services) => _services = services;

    public IServiceProvider Services => _services;
    public IConnectionStore Connections => _services.GetRequiredService<IConnectionStore>();
    public IAuthorizationFlowStore Flows => _services.GetRequiredService<IAuthorizationFlowStore>();
    public IDeviceFlowStore DeviceFlows => _services.GetRequiredService<IDeviceFlowStore>();
    public IUserStore Users => _services.GetRequiredService<IUserStore>();
    public IRunStore Runs => _services.GetRequiredService<IRunStore>();
    public IConnectionLog Log => _services.GetRequiredService<IConnectionLog>();
    public IAlertOutbox Outbox => _services.GetRequiredService<IAlertOutbox>();
    public ICheckSchedule Checks => _services.GetRequiredService<ICheckSchedule>();

    public static Task<TestHost> StartAsync(TempFolder folder, KeyRingOptions? keyRing = null) => StartAsync(Build(folder.Path, keyRing));

    public static async Task<TestHost> StartAsync(TestHost host)
    {
        try
        {
            await host.Services.MigrateRecipesStorageAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public static TestHost Build(string dataFolder, KeyRingOptions? keyRing = null) => Build(new StorageOptions { DataFolder = dataFolder }, keyRing);

    public static TestHost Build(StorageOptions options, KeyRingOptions? keyRing = null, TimeProvider? clock = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.Warning));
        services.AddSingleton(clock ?? TimeProvider.System);
        services.AddRecipesStorage(options, keyRing);
        return new(services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }));
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }
}
