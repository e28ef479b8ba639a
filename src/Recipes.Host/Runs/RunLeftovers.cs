using Recipes.Engine;

namespace Recipes.Host;

/// <summary>Ends runs whose node is gone: at the start, for what was left here, and again and again, for what other nodes leave.</summary>
internal sealed partial class RunLeftovers(IRunStore runs, TimeProvider time, ILogger<RunLeftovers> log) : ISweep, IHostedService
{
    private static readonly RunFailure s_failure =
        new("The host was ended while it ran; what its last step did in the app is not known.", Guidance: "Look into the app before calling it again.");

    public string Name => "run-leftovers";

    public TimeSpan Every => TimeSpan.FromSeconds(30);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var left = await runs.EndLeftoversAsync(s_failure, time.GetUtcNow(), cancellationToken);
        if (left > 0)
            LogLeft(left);
    }

    public Task StartAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Runs} runs were left by a host that was killed; they are marked as failed")]
    private partial void LogLeft(int runs);
}
