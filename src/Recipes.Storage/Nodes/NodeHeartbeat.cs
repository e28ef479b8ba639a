using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Recipes.Storage;

/// <summary>Shows the other nodes on the same PostgreSQL that this one lives.</summary>
internal sealed partial class NodeHeartbeat(NpgsqlDataSource source, Node node, IOptions<StorageOptions> options, TimeProvider time, ILogger<NodeHeartbeat> log) : BackgroundService
{
    private static readonly TimeSpan s_longestInterval = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _lease = options.Value.RunLease;

    /// <summary>Shows that this node lives, from now on.</summary>
    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        // Anew when it was swept away meanwhile.
        await ExecuteAsync("INSERT INTO nodes (id, started_at, seen_at) VALUES ($1, now(), now()) ON CONFLICT (id) DO UPDATE SET seen_at = now()", cancellationToken);
        node.Shown(_lease);
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
        using var timer = new PeriodicTimer(_lease / 6 < s_longestInterval ? _lease / 6 : s_longestInterval, time);
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
