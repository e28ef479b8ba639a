using Microsoft.Extensions.Options;
using Recipes.Storage;

namespace Recipes.Host;

/// <summary>Keeps a second host off the same SQLite file: both would spend the same refresh tokens.</summary>
internal sealed class OnlyHost(IOptions<RecipesHostOptions> options) : IHostedService, IDisposable
{
    private FileStream? _lock;

    /// <exception cref="StorageStartException">When another host holds the folder.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(Path.GetFullPath(options.Value.DataFolder), "host.lock");
        try
        {
            // The system frees it however this process ends.
            _lock = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return Task.CompletedTask;
        }
        catch (IOException e)
        {
            throw new StorageStartException($"Another host uses this data folder (it holds {file}). Stop it, give this one a DataFolder of its own, or let both share a database (Storage:Postgres).", e);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _lock?.Dispose();
}
