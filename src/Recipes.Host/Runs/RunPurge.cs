using Microsoft.Extensions.Options;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Removes runs that ended long ago.</summary>
internal sealed partial class RunPurge(IRunStore runs, IOptions<RecipesEngineOptions> options, TimeProvider time, ILogger<RunPurge> log) : ISweep
{
    /// <summary>Runs that one transaction removes.</summary>
    private const int AtOnce = 500;

    public string Name => "run-purge";

    public TimeSpan Every => TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - options.Value.KeepRunsFor;
        var removed = 0;
        for (var last = AtOnce; last == AtOnce; removed += last)
            last = await runs.PurgeAsync(before, AtOnce, cancellationToken);
        if (removed > 0)
            LogRemoved(removed);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Runs} runs that ended long ago were removed")]
    private partial void LogRemoved(int runs);
}
