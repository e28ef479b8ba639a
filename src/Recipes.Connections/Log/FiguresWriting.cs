using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Recipes.Connections;

/// <summary>Writes down what this node counted, now and then and when it stops. Every node does it for itself: no other knows its counts.</summary>
internal sealed partial class FiguresWriting(UsageFigures figures, IConnectionLog past, IOptions<RevalidationOptions> options, TimeProvider time, ILogger<FiguresWriting> log) : BackgroundService
{
    // In one transaction, which others wait for.
    private const int MostAtOnce = 500;

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var written = 0;
        var counted = figures.Take();
        try
        {
            foreach (var some in counted.Chunk(MostAtOnce))
            {
                await past.AddAsync(some, cancellationToken);
                written += some.Length;
            }
        }
        finally
        {
            figures.GiveBack(counted.Skip(written));
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryWriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.FiguresEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await TryWriteAsync(stoppingToken);
    }

    private async Task TryWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotWritten(log, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The figures of connections could not be written; they are kept and written later")]
    private static partial void LogNotWritten(ILogger logger, Exception exception);
}
