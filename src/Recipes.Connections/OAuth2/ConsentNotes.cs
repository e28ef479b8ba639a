using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Tells on a connection's log of consents that came to nothing: they change nothing of the connection itself.</summary>
internal sealed partial class ConsentNotes(IConnectionStore store, IConnectionLog log, ILogger<ConsentNotes> logger)
{
    public async Task FailedAsync(ConnectionId id, Actor by, Failure failure)
    {
        try
        {
            if (await store.FindAsync(id, CancellationToken.None) is not { } connection)
                return;
            await log.AddAsync(
                new LogEntry { Connection = id, Tenant = connection.Tenant, At = failure.At, Event = ConnectionEvent.Authorized, By = by, Failure = failure, Health = connection.Health },
                CancellationToken.None);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whoever waits for the answer gets it all the same.
            LogNotNoted(logger, e, id);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "That a consent for connection {Connection} came to nothing could not be noted in its log")]
    private static partial void LogNotNoted(ILogger logger, Exception exception, ConnectionId connection);
}
