using Microsoft.Data.Sqlite;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>One connection at a real server, on a clock that a test moves: what becomes of it when something breaks there, and when that is undone.</summary>
/// <param name="clock">Null where the server itself insists on the right time: then the schedule is moved in place of the clock.</param>
internal sealed class Trial(ConnectionsHarness harness, TestClock? clock, ConnectionId id) : IAsyncDisposable
{
    // Longer than a day with all its spread, and than any back-off.
    private static readonly TimeSpan s_nextRound = TimeSpan.FromHours(27);

    private long _lastEntry;
    private int _alerts;

    public ConnectionsHarness Harness => harness;
    public ConnectionId Id => id;

    /// <summary>Breaks something at the server.</summary>
    public required Func<Trial, Task> Break { get; init; }

    /// <summary>Puts it right, there, or as the connection's owner would.</summary>
    public required Func<Trial, Task> Undo { get; init; }

    /// <summary>A server that is there for this trial alone; null where several share one.</summary>
    public IAsyncDisposable? Server { get; init; }

    /// <summary>Whether the server keeps requests waiting, so that the clock has to move for them to end.</summary>
    public bool Hangs { get; init; }

    /// <summary>A round in health, one after it broke, one more where a suspicion has to be confirmed, and one after it was put right.</summary>
    /// <returns>What was seen, as the tables write it.</returns>
    public async Task<string> RunAsync()
    {
        await harness.SweepAsync();
        var before = await StandingAsync();
        await NewsAsync();

        await Break(this);
        await WaitAsync(s_nextRound);
        await RoundAsync();
        var seen = await StandingAsync();
        if ((await harness.ReadAsync(id)).State == ConnectionState.Suspect)
        {
            await WaitAsync(TimeSpan.FromSeconds(31));
            await RoundAsync();
            seen += $", then {await StandingAsync()}";
        }

        var failure = (await harness.ReadAsync(id)).Record.Failure ?? (await harness.DefinitionOfAsync(id)).ClientFailure;
        var guidance = failure is null ? "nothing" : Guidance.For(failure);
        var broken = await NewsAsync();
        await Undo(this);
        await WaitAsync(s_nextRound);
        await harness.SweepAsync();
        return $"""
            before  {before}
            broken  {seen}
            log     {broken}
            advice  {guidance.Split(['.', ':'])[0]}
            healed  {await StandingAsync()}
            log     {await NewsAsync()}
            """;
    }

    public async ValueTask DisposeAsync()
    {
        await harness.DisposeAsync();
        if (Server is not null)
            await Server.DisposeAsync();
    }

    private async Task WaitAsync(TimeSpan time)
    {
        if (clock is not null)
        {
            clock.Advance(time);
            return;
        }

        await using var database = new SqliteConnection($"Data Source={harness.Folder.Combine("data", "recipes.db")}");
        await database.OpenAsync();
        await using var due = new SqliteCommand("UPDATE connections SET check_at = 0, suspect_since = suspect_since - 310000000", database);
        await due.ExecuteNonQueryAsync();
        var definition = await harness.DefinitionOfAsync(id);
        if (definition.ClientFailure is not { } refused)
            return;
        (await harness.Store.TryUpdateAsync(definition with { ClientFailure = refused with { At = refused.At - time } }, CancellationToken.None)).ShouldBeTrue();
        harness.Get<RejectedClients>().Forget(definition.Id);
    }

    private async Task RoundAsync()
    {
        var round = harness.SweepAsync();
        for (var tries = 0; Hangs && tries < 200 && await Task.WhenAny(round, Task.Delay(50)) != round; tries++)
            clock!.Advance(TimeSpan.FromSeconds(1));
        await round.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private async Task<string> StandingAsync()
    {
        var connection = await harness.ReadAsync(id);
        var client = (await harness.DefinitionOfAsync(id)).ClientFailure;
        return $"{connection.Health} {connection.State}{(connection.Record.Failure is { } failure ? $" {failure.Kind}" : "")}{(client is null ? "" : $", client {client.Kind}")}";
    }

    // What checks wrote, not what the owner did to put it right; a mark after what failed.
    private async Task<string> NewsAsync()
    {
        var entries = (await harness.Get<IConnectionLog>().ListAsync(id, null, 200, CancellationToken.None)).Where(e => e.Number > _lastEntry).Reverse().ToList();
        var alerts = harness.Store.Alerts.Skip(_alerts).ToList();
        _lastEntry = entries.Count == 0 ? _lastEntry : entries[^1].Number;
        _alerts += alerts.Count;
        var told = string.Join(' ', entries.Where(e => e.By.Kind is ActorKind.Revalidation or ActorKind.System).Select(e => $"{e.Event}{(e.Failure is null ? "" : "!")}"));
        return $"{(told.Length == 0 ? "nothing" : told)}; alerts: {(alerts.Count == 0 ? "none" : string.Join(' ', alerts.Select(a => $"{a.Kind}{(a.Connection is null ? " of the client" : "")}")))}";
    }
}
