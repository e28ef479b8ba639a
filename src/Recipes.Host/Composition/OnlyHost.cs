using Microsoft.Extensions.Options;
using Recipes.Engine;
using Recipes.Storage;

namespace Recipes.Host;

/// <summary>
/// Keeps a second host off the same data folder: both would spend the same refresh tokens. Being the only one, it also knows that runs still
/// marked as running were left by a host that was killed.
/// </summary>
internal sealed partial class OnlyHost(IRunStore runs, IOptions<RecipesHostOptions> options, TimeProvider time, ILogger<OnlyHost> log) : IHostedService, IDisposable
{
    private FileStream? _lock;

    /// <exception cref="StorageStartException">When another host holds the folder.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(Path.GetFullPath(options.Value.DataFolder), "host.lock");
        try
        {
            // The system frees it however this process ends.
            _lock = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new StorageStartException($"Another host uses this data folder (it holds {file}). Stop it, or give this one a DataFolder of its own.", e);
        }

        var failure = new RunFailure("The host was ended while it ran; what its last step did in the app is not known.", Guidance: "Look into the app before calling it again.");
        var left = await runs.EndLeftoversAsync(failure, time.GetUtcNow(), cancellationToken);
        if (left > 0)
            LogLeft(left);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _lock?.Dispose();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Runs} runs were left by a host that was killed; they are marked as failed")]
    private partial void LogLeft(int runs);
}
