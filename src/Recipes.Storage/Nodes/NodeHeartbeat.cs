using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Recipes.Storage;

/// <summary>Shows the other nodes on the same PostgreSQL that this one lives.</summary>
internal sealed partial class NodeHeartbeat(NpgsqlDataSource source, Node node, TimeProvider time, ILogger<NodeHeartbeat> log) : BackgroundService
{
    /// <summary>A node that has not shown itself for so long is gone, and what it had in hand is left to the others.</summary>
    public static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private long _lastBeat = time.GetTimestamp();

    /// <summary>Shows that this node lives, from now on.</summary>
    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        // Anew when others have given it up meanwhile.
        await ExecuteAsync("INSERT INTO nodes (id, started_at, seen_at) VALUES ($1, now(), now()) ON CONFLICT (id) DO UPDATE SET seen_at = now()", cancellationToken);
        if (time.GetElapsedTime(_lastBeat) > GoneAfter / 2)
            node.JudgesAgainAfter(GoneAfter);
        _lastBeat = time.GetTimestamp();
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync("DELETE FROM nodes WHERE id <> $1 AND seen_at < now() - interval '1 day'", cancellationToken);
        await BeatAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await ExecuteAsync("DELETE FROM nodes WHERE id = $1", cancellationToken);
        }
        catch (NpgsqlException)
        {
            // The others find out by themselves.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await BeatAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException && !stoppingToken.IsCancellationRequested)
            {
                LogNotSeen(e);
            }
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = node.Id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This node could not show the others that it lives; tried again in some seconds")]
    private partial void LogNotSeen(Exception exception);
}
