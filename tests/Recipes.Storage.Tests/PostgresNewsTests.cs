using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Recipes.Connections;
using Recipes.Testing;

namespace Recipes.Storage.Tests;

public sealed class PostgresNewsTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly Listener _listener = new();
    private PostgresDatabase _database = null!;
    private IHost _host = null!;
    private IConnectionStore _store = null!;
    private PostgresNews _news = null!;

    public async Task InitializeAsync()
    {
        if (new PostgresFactAttribute().Skip is not null)
            return;
        _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddRecipesStorage(new StorageOptions { DataFolder = _folder.Path, Postgres = _database.ConnectionString });
        builder.Services.AddSingleton<IConnectionNews>(_listener);
        _host = builder.Build();
        await _host.StartAsync();
        (_store, _news) = (_host.Services.GetRequiredService<IConnectionStore>(), _host.Services.GetRequiredService<PostgresNews>());
        await Waiting.UntilAsync(() => _news.IsListening);
        _listener.Heard.Clear();
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
            await _database.DisposeAsync();
        }

        _folder.Dispose();
    }

    [PostgresFact]
    public async Task Whatever_is_made_changed_or_removed_is_heard_of_and_a_check_is_not()
    {
        var definition = Some.Definition() with { OAuthApp = null, ClientFailure = null };
        var own = Some.Connection(definition, Owner.Of(UserId.Parse("alice \"the\" ünique".Replace(' ', '-'))));
        var shared = Some.Connection(definition);

        await _store.TryAddAsync(definition, default);
        await _store.AddAsync(own, default);
        await _store.AddAsync(shared, default);
        var checks = _host.Services.GetRequiredService<ICheckSchedule>();
        var claims = await checks.ClaimAsync(Some.At, Some.At, Some.At.AddMinutes(1), 10, default);
        await checks.CompleteAsync([new(claims.Single(c => c.Connection == own.Id), Some.At.AddDays(1))], default);
        own.Succeeded("x", Some.At);
        (await _store.TryUpdateAsync(own, default)).ShouldBeTrue();
        (await _store.TryUpdateAsync(definition, default)).ShouldBeTrue();
        foreach (var connection in (Connection[])[own, shared])
        {
            connection.Disconnected(Some.At);
            (await _store.TryUpdateAsync(connection, default)).ShouldBeTrue();
        }

        (await _store.TryRemoveAsync(definition with { Version = 2 }, default)).ShouldBeTrue();

        string Told(Connection c) => $"{c.Id} {c.DefinitionId} {c.Owner.Kind} {c.Owner.Id}";
        var told = $"{definition.Id} {definition.Tenant} {definition.Key}";
        string[] removed = [Told(own), Told(shared)];
        await Waiting.UntilAsync(() => _listener.Heard.Count == 10);
        var heard = _listener.Heard.ToArray();
        heard[..7].ShouldBe([told, Told(own), Told(shared), Told(own), told, Told(own), Told(shared)]);
        heard[7..9].ShouldBe(removed, ignoreOrder: true);
        heard[9].ShouldBe(told);
    }

    [PostgresFact]
    public async Task What_is_rolled_back_is_not_heard_of()
    {
        await _database.ExecuteAsync("BEGIN; INSERT INTO key_ring VALUES ('x', 'x', now()); ROLLBACK");
        var definition = Some.Definition() with { OAuthApp = null };

        (await _store.TryUpdateAsync(definition, default)).ShouldBeFalse();
        await _store.TryAddAsync(definition, default);

        await Waiting.UntilAsync(() => !_listener.Heard.IsEmpty);
        _listener.Heard.ShouldHaveSingleItem();
    }

    [PostgresFact]
    public async Task After_a_broken_connection_it_listens_again_and_everything_counts_as_changed()
    {
        await _database.DisconnectAllAsync();

        await Waiting.UntilAsync(() => _listener.Heard.Contains("anything"));
        await Waiting.UntilAsync(() => _news.IsListening);
        await _database.ExecuteAsync($"NOTIFY {PostgresNews.Channel}, '{{\"of\": \"a newer version\"}}'");
        await _database.ExecuteAsync($"NOTIFY {PostgresNews.Channel}, 'no JSON'");
        await Waiting.UntilAsync(() => _listener.Heard.Count(h => h == "anything") >= 2);
    }

    private sealed class Listener : IConnectionNews
    {
        public ConcurrentQueue<string> Heard { get; } = new();

        public void ConnectionChanged(ConnectionId connection, ConnectionDefinitionId definition, Owner owner) => Heard.Enqueue($"{connection} {definition} {owner.Kind} {owner.Id}");

        public void DefinitionChanged(ConnectionDefinitionId definition, TenantId tenant, StableKey key) => Heard.Enqueue($"{definition} {tenant} {key}");

        public void AnythingMayHaveChanged() => Heard.Enqueue("anything");
    }
}
