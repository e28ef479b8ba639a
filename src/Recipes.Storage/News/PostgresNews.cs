using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Recipes.Connections;

namespace Recipes.Storage;

/// <summary>Hears what any node changes in the same PostgreSQL: triggers announce it with the commit. Connects again by itself.</summary>
internal sealed partial class PostgresNews(NpgsqlDataSource source, IEnumerable<IConnectionNews> listeners, SharedKeyManager keys, IDataProtectionProvider protection, TimeProvider time, ILogger<PostgresNews> log) : BackgroundService
{
    /// <summary>As the triggers have it.</summary>
    internal const string Channel = "recipes";

    private static readonly TimeSpan s_tryAgain = TimeSpan.FromSeconds(1);

    /// <summary>Whether it hears of changes now; without it they are seen some seconds later.</summary>
    public bool IsListening { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var told = false; ;)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(stoppingToken);
                connection.Notification += (_, announced) => Heard(announced.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
                    await listen.ExecuteNonQueryAsync(stoppingToken);
                // Nobody heard what was announced meanwhile.
                TellAnything();
                (IsListening, told) = (true, false);
                while (true)
                    await connection.WaitAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                IsListening = false;
                if (!told)
                    LogDeaf(e);
                told = true;
                await Task.Delay(s_tryAgain, time, stoppingToken);
            }
        }
    }

    private void Heard(string payload)
    {
        try
        {
            if (JsonSerializer.Deserialize(payload, StoredJson.Default.Announcement) is not { } news)
                return;
            if (news.Keys)
                ReadKeys();
            foreach (var listener in listeners)
            {
                if (news is { Connection: { } connection, OwnerKind: { } kind, OwnerId: { } owner })
                    listener.ConnectionChanged(new(connection), new(news.Definition!.Value), new(Enum.Parse<OwnerKind>(kind), owner.Length == 0 ? null : owner));
                else if (news is { Definition: { } definition, Tenant: { } tenant, Key: { } key })
                    listener.DefinitionChanged(new(definition), TenantId.Parse(tenant), StableKey.Parse(key));
            }
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException or InvalidOperationException)
        {
            // A newer version may announce what this one does not understand.
            LogNotUnderstood(e);
            TellAnything();
        }
    }

    /// <summary>Has the key ring read anew, and now: whoever needs it next would still be given the old one while that is done.</summary>
    private void ReadKeys()
    {
        keys.Forget();
        _ = Task.Run(() =>
        {
            try
            {
                protection.CreateProtector("Recipes.News").Protect([]);
            }
            catch (Exception e) when (e is CryptographicException or DbException or ObjectDisposedException)
            {
                LogKeysNotRead(e);
            }
        });
    }

    private void TellAnything()
    {
        ReadKeys();
        foreach (var listener in listeners)
            listener.AnythingMayHaveChanged();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changes made by other nodes cannot be heard of now; they are seen some seconds later until PostgreSQL is back")]
    private partial void LogDeaf(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A key that another node made could not be read; tried again when it is needed")]
    private partial void LogKeysNotRead(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An announced change was not understood; everything is read anew")]
    private partial void LogNotUnderstood(Exception exception);
}
