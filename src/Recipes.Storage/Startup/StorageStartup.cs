using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Recipes.Storage;

/// <summary>Makes the store fit for use before anything else touches it: folder, migrations, then the key ring's check.</summary>
/// <remarks>Runs once, however often it is asked; hosted, it runs before any other service starts (Data Protection would make a key).</remarks>
internal sealed class StorageStartup(
    IDatabaseStart start, IDbContextFactory<RecipesDatabase> databases, IOptions<StorageOptions> options, KeyRingCheck keyRing) : IHostedLifecycleService, IDisposable
{
    private readonly SemaphoreSlim _once = new(1, 1);
    private bool _done;

    /// <exception cref="StorageStartException">When this data folder or database cannot or must not be used.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            if (_done)
                return;
            DataFolder.Prepare(options.Value);
            await using (await start.LockAsync(cancellationToken))
            {
                await start.MigrateAsync(cancellationToken);
                await keyRing.RunAsync(cancellationToken);
            }

            _done = true;
        }
        finally
        {
            _once.Release();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Wakes EF Core beside the first requests, so that none of them pays for all of it.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _ = Task.Run(WakeAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _once.Dispose();

    private async Task WakeAsync()
    {
        try
        {
            await using var database = await databases.CreateDbContextAsync();
            _ = await database.ConnectionDefinitions.AnyAsync();
        }
        catch (Exception e) when (e is DbException or ObjectDisposedException or InvalidOperationException)
        {
            // Only a head start: whoever needs the database meets the fault, and a host may stop at any moment.
        }
    }
}
