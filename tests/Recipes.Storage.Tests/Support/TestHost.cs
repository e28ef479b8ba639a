using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage.Tests;

/// <summary>The store as a host wires it, on a folder that may outlive it.</summary>
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

    public static async Task<TestHost> StartAsync(TempFolder folder, KeyRingOptions? keyRing = null, RunSynchronous synchronous = RunSynchronous.Normal)
    {
        var host = Build(folder.Path, keyRing, synchronous);
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

    public static TestHost Build(string dataFolder, KeyRingOptions? keyRing = null, RunSynchronous synchronous = RunSynchronous.Normal)
    {
        var services = new ServiceCollection();
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.Warning));
        services.AddRecipesStorage(new StorageOptions { DataFolder = dataFolder, RunSynchronous = synchronous }, keyRing);
        return new(services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }));
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }
}
