using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage;

/// <summary>The queue of runs in the database: rows of <c>run_states</c> that nobody has a claim on.</summary>
internal sealed class RunQueue(IDbContextFactory<RecipesDatabase> databases, Node node, IOptions<StorageOptions> options, TimeProvider time) : IRunQueue
{
    /// <summary>Tenants that are looked at in one go; who comes late begins the next.</summary>
    private const int MostTenants = 100;

    /// <summary>Healed connections, and held runs of each, that are looked at in one go.</summary>
    private const int MostConnections = 100;
    private const int MostOfConnection = 64;

    private const string HasLimits = "EXISTS (SELECT 1 FROM run_limits l WHERE l.run_id = s.run_id)";
    private const string Due = "claim IS NULL AND held_by IS NULL AND due_at IS NOT NULL AND due_at <= @now";

    // Connections that runs are held for, and that can be used again or are not there any more. The connections first: there are fewer of them than of runs.
    // What has not begun has waited until now.
    private const string Fresh = "length(state) = 0 AND since IS NOT NULL";

    private const string Healed = """
        WITH RECURSIVE held(id) AS (
            SELECT * FROM (SELECT held_by FROM run_states WHERE held_by IS NOT NULL ORDER BY held_by LIMIT 1) f
            UNION ALL SELECT (SELECT held_by FROM run_states WHERE held_by > held.id ORDER BY held_by LIMIT 1) FROM held WHERE held.id IS NOT NULL)
        SELECT held.id FROM held LEFT JOIN connections c ON c.id = held.id
        WHERE held.id IS NOT NULL AND (c.id IS NULL OR c.state = 'Connected') AND EXISTS (SELECT 1 FROM run_states d WHERE d.held_by = held.id AND d.due_at <= @now)
        """;

    private string _lastTenant = "";

    public TimeSpan Lease => options.Value.RunLease;

    public async Task<IReadOnlyList<ClaimedRun>> ClaimAsync(int most, Func<string, int> mostHealed, IReadOnlyCollection<Guid> inHand, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        // One connection for the whole look.
        await database.Database.OpenConnectionAsync(cancellationToken);
        if (!await IsAnythingDueAsync(database, cancellationToken))
            return [];
        var chosen = new List<Candidate>();
        await using (var transaction = await database.BeginClaimingAsync(cancellationToken))
        {
            var room = await FullAsync(database, cancellationToken);
            if (node.MayJudge)
            {
                var left = await CandidatesAsync(database, $"""
                    SELECT run_id, tenant, connector, since, held_for, FALSE, {HasLimits}, claim, losses + 1, is_ended FROM run_states s
                    WHERE claim IS NOT NULL AND NOT is_ended AND {database.ClaimIsOver} AND claim NOT IN (SELECT c.claim FROM {database.ClaimRows} AS c) ORDER BY run_id LIMIT @most
                    """, cancellationToken, ("@node", database.Raw(node.Id)), ("@most", most), ("@claims", Claims(inHand)));
                chosen.AddRange(left);
            }

            await AddHealedAsync(database, chosen, mostHealed, room, cancellationToken);
            await AddDueAsync(database, chosen, most, room, cancellationToken);
            await ClaimAsync(database, chosen, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return await LoadAsync(database, chosen, cancellationToken);
    }

    public async Task<ClaimedRun?> ClaimAsync(RunId run, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        List<Candidate> chosen;
        await using (var transaction = await database.BeginClaimingAsync(cancellationToken))
        {
            chosen = await CandidatesAsync(database, $"SELECT run_id, tenant, connector, since, held_for, {Fresh}, {HasLimits}, claim, losses, is_ended FROM run_states s WHERE run_id = @run AND {Due}", cancellationToken, ("@run", database.Raw(run.Value)));
            var room = await FullAsync(database, cancellationToken);
            await KeepLimitsAsync(database, chosen, room, cancellationToken);
            await ClaimAsync(database, chosen, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return (await LoadAsync(database, chosen, cancellationToken)).FirstOrDefault();
    }

    public async Task RenewAsync(IReadOnlyCollection<Guid> claims, CancellationToken cancellationToken)
    {
        if (claims.Count == 0)
            return;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await ExecuteAsync(database, $"""
            UPDATE run_states SET lease_until = {Clock(database)} + @life
            WHERE run_id IN (SELECT run_id FROM run_states WHERE claim IN (SELECT c.claim FROM {database.ClaimRows} AS c) {database.SkipLocked})
            """, cancellationToken,
            ("@life", database.Raw(Lease)), ("@claims", Claims(claims)));
    }

    public async Task<int> CountWaitingAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return (await ReadAsync(database, $"SELECT COUNT(*) FROM run_states s WHERE tenant = @tenant AND {Due}", r => Convert.ToInt32(r.GetValue(0), System.Globalization.CultureInfo.InvariantCulture), cancellationToken, ("@tenant", tenant.Value)))[0];
    }

    public async Task<bool?> CancelAsync(TenantId tenant, RunId run, string canceller, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var (id, own) = (database.Raw(run.Value), tenant.Value);
        var asked = await ExecuteAsync(database, "UPDATE run_states SET cancelled_by = @by WHERE run_id = @run AND tenant = @tenant AND NOT is_ended", cancellationToken, ("@by", canceller), ("@run", id), ("@tenant", own));
        if (asked == 0)
            return null;
        // Nobody has it in hand: it ends here.
        var ended = await ExecuteAsync(database, "DELETE FROM run_states WHERE run_id = @run AND claim IS NULL", cancellationToken, ("@run", id));
        if (ended > 0)
        {
            var row = await database.Runs.FirstAsync(r => r.Id == run.Value, cancellationToken);
            var stored = RunRows.ToRun(row, null, await database.RunJournal.Where(j => j.RunId == run.Value).OrderBy(j => j.First).ToListAsync(cancellationToken));
            // A doubt is not ended by it.
            var failure = stored.Failure is { IsDoubtful: true } doubt ? doubt : RunFailure.CancelledBy(canceller);
            await ExecuteAsync(database, "DELETE FROM run_journal WHERE run_id = @run", cancellationToken, ("@run", id));
            await ExecuteAsync(database, "UPDATE runs SET status = @status, ended_at = @now, failure = @failure, journal = @journal WHERE id = @run", cancellationToken,
                ("@status", failure.IsDoubtful ? nameof(RunStatus.Flagged) : nameof(RunStatus.Cancelled)), ("@failure", JsonSerializer.Serialize(RunFailureJson.Of(failure), StoredJson.Default.RunFailureJson)),
                ("@journal", JsonSerializer.SerializeToUtf8Bytes([.. stored.Journal.Select(JournalEntryJson.Of)], StoredJson.Default.ListJournalEntryJson)), ("@run", id));
        }

        await transaction.CommitAsync(cancellationToken);
        return ended > 0;
    }

    public async Task<string?> FindCancellerAsync(RunId run, Guid claim, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.RunStates.Where(s => s.RunId == run.Value && s.Claim == claim).Select(s => s.CancelledBy).FirstOrDefaultAsync(cancellationToken);
    }

    public async Task<bool> ResumeAsync(TenantId tenant, RunId run, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var waiting = await database.RunStates.Where(s => s.RunId == run.Value && s.Tenant == tenant.Value && s.Since != null).Select(RunRows.WithoutState).FirstOrDefaultAsync(cancellationToken);
        if (waiting is null)
            return false;
        // The time until now was no time of its own, where it was held.
        var now = time.GetUtcNow();
        var held = waiting.HeldBy is not null && waiting.Since < now ? (now - waiting.Since!.Value).Ticks : 0;
        return 1 == await ExecuteAsync(database, $"""
            UPDATE run_states SET due_at = {Clock(database)}, held_by = NULL, held_for = held_for + @held WHERE run_id = @run AND tenant = @tenant AND claim IS NULL AND NOT is_ended AND since = @since
            """, cancellationToken, ("@run", database.Raw(run.Value)), ("@tenant", tenant.Value), ("@held", held), ("@since", database.Raw(waiting.Since!.Value)));
    }

    public async Task<ClaimedRun?> ReopenAsync(TenantId tenant, RunId run, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        List<Candidate> chosen;
        await using (var transaction = await database.BeginClaimingAsync(cancellationToken))
        {
            // Its time begins anew: until now it counts as held.
            chosen = await CandidatesAsync(database, $"""
                SELECT run_id, s.tenant, connector, r.started_at, 0, TRUE, FALSE, claim, 0, is_ended FROM run_states s JOIN runs r ON r.id = s.run_id
                WHERE run_id = @run AND s.tenant = @tenant AND is_ended AND (claim IS NULL OR {database.ClaimIsOver})
                """, cancellationToken, ("@run", database.Raw(run.Value)), ("@tenant", tenant.Value), ("@node", database.Raw(node.Id)));
            await ClaimAsync(database, chosen, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        // It is claimed: whoever asked may be gone by now.
        return (await LoadAsync(database, chosen, CancellationToken.None)).FirstOrDefault();
    }

    public async Task<bool> RemoveAsync(TenantId tenant, RunId run, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return 1 == await ExecuteAsync(database, $"""
            DELETE FROM runs WHERE id = @run AND tenant = @tenant AND ended_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM run_states s WHERE s.run_id = runs.id AND s.claim IS NOT NULL AND NOT {database.ClaimIsOver})
            """, cancellationToken, ("@run", database.Raw(run.Value)), ("@tenant", tenant.Value), ("@node", database.Raw(node.Id)));
    }

    public async Task<IReadOnlyList<RunId>> HeldAsync(TenantId tenant, ConnectionId? connection, int most, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var held = database.RunStates.Where(s => s.Tenant == tenant.Value && s.HeldBy != null);
        if (connection?.Value is { } id)
            held = held.Where(s => s.HeldBy == id);
        return [.. (await held.OrderBy(s => s.RunId).Select(s => s.RunId).Take(most).ToListAsync(cancellationToken)).Select(i => new RunId(i))];
    }

    private async Task<bool> IsAnythingDueAsync(RecipesDatabase database, CancellationToken cancellationToken) => await ReadAsync(database, $"""
        SELECT 1 WHERE EXISTS (SELECT 1 FROM run_states WHERE {Due})
            OR EXISTS (SELECT 1 FROM run_states s WHERE claim IS NOT NULL AND {database.ClaimIsOver})
            OR EXISTS ({Healed})
        """, _ => true, cancellationToken, ("@node", database.Raw(node.Id))) is not [];

    private async Task AddHealedAsync(RecipesDatabase database, List<Candidate> chosen, Func<string, int> mostHealed, Dictionary<(string, string), int> room, CancellationToken cancellationToken)
    {
        var connections = await ReadAsync(database, $"{Healed} LIMIT {MostConnections}", r => r.GetFieldValue<Guid>(0), cancellationToken);
        var healed = new List<Candidate>();
        foreach (var connection in connections)
        {
            healed.AddRange(await CandidatesAsync(database, $"SELECT run_id, tenant, connector, since, held_for, TRUE, {HasLimits}, claim, losses, is_ended FROM run_states s WHERE held_by = @connection AND due_at <= @now ORDER BY run_id LIMIT @most", cancellationToken,
                ("@connection", database.Raw(connection)), ("@most", MostOfConnection)));
        }

        if (healed.Count == 0)
            return;
        var allowed = healed.OrderBy(h => h.Run).GroupBy(h => h.Connector ?? "").SelectMany(g => g.Take(Math.Max(0, mostHealed(g.Key)))).ToList();
        await KeepLimitsAsync(database, allowed, room, cancellationToken);
        chosen.AddRange(allowed);
    }

    private async Task AddDueAsync(RecipesDatabase database, List<Candidate> chosen, int most, Dictionary<(string, string), int> room, CancellationToken cancellationToken)
    {
        var left = most - chosen.Count;
        if (left <= 0)
            return;
        var tenants = await TenantsAsync(database, cancellationToken);
        if (tenants.Count == 0 && _lastTenant.Length > 0)
        {
            // That was the last of them: the first one's turn comes at once.
            _lastTenant = "";
            tenants = await TenantsAsync(database, cancellationToken);
        }

        if (tenants.Count == 0)
            return;

        // As many for each, in turns; what one leaves over the next look gives to the others.
        var each = Math.Max(1, left / tenants.Count);
        var byTenant = new List<List<Candidate>>();
        foreach (var tenant in tenants)
        {
            var full = room.Where(r => r.Key.Item1 == tenant && r.Value <= 0).Select(r => r.Key.Item2).ToList();
            var due = await CandidatesAsync(database, $"""
                SELECT run_id, tenant, connector, since, held_for, {Fresh}, {HasLimits}, claim, losses, is_ended FROM run_states s WHERE {Due} AND tenant = @tenant
                    AND NOT EXISTS (SELECT 1 FROM run_limits l WHERE l.run_id = s.run_id AND l.key IN ({(full.Count == 0 ? "NULL" : string.Join(", ", full.Select((_, i) => $"@full{i}")))}))
                ORDER BY due_at LIMIT @most
                """, cancellationToken, [("@tenant", tenant), ("@most", tenants.Count == 1 ? left : each), .. full.Select((key, i) => ($"@full{i}", (object)key))]);
            await KeepLimitsAsync(database, due, room, cancellationToken);
            byTenant.Add(due);
        }

        var taken = byTenant.SelectMany(t => t.Select((c, i) => (c, i))).OrderBy(p => p.i).Select(p => p.c).Take(left).ToList();
        // Who comes after the last one served is the first the next time.
        _lastTenant = tenants.Count < MostTenants && taken.Count < left ? "" : taken.Count > 0 ? taken[^1].Tenant : tenants[^1];
        chosen.AddRange(taken);
    }

    // Those with something due, beginning behind the last one served.
    private Task<List<string>> TenantsAsync(RecipesDatabase database, CancellationToken cancellationToken) => ReadAsync(database, $"""
        WITH RECURSIVE t(tenant) AS (
            SELECT * FROM (SELECT tenant FROM run_states WHERE {Due} AND tenant > @after ORDER BY tenant LIMIT 1) f
            UNION ALL SELECT (SELECT tenant FROM run_states WHERE {Due} AND tenant > t.tenant ORDER BY tenant LIMIT 1) FROM t WHERE t.tenant IS NOT NULL)
        SELECT tenant FROM t WHERE tenant IS NOT NULL LIMIT {MostTenants}
        """, r => r.GetString(0), cancellationToken, ("@after", _lastTenant));

    /// <summary>What is left of each limit that a run under way has, by tenant and key.</summary>
    private async Task<Dictionary<(string Tenant, string Key), int>> FullAsync(RecipesDatabase database, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(database, """
            SELECT l.tenant, l.key, MIN(l.most), COUNT(*) FROM run_limits l JOIN run_states s ON s.run_id = l.run_id WHERE s.claim IS NOT NULL GROUP BY l.tenant, l.key
            """, r => (Tenant: r.GetString(0), Key: r.GetString(1), Left: (int)(r.GetInt64(2) - r.GetInt64(3))), cancellationToken);
        return rows.ToDictionary(r => (r.Tenant, r.Key), r => r.Left);
    }

    /// <summary>Takes out what has no room, and counts the rest.</summary>
    private static async Task KeepLimitsAsync(RecipesDatabase database, List<Candidate> candidates, Dictionary<(string Tenant, string Key), int> room, CancellationToken cancellationToken)
    {
        var ids = candidates.Where(c => c.HasLimits).Select(c => c.Run).ToList();
        if (ids.Count == 0)
            return;
        var limits = (await database.RunLimits.Where(l => ids.Contains(l.RunId)).ToListAsync(cancellationToken)).ToLookup(l => l.RunId);
        candidates.RemoveAll(candidate =>
        {
            var own = limits[candidate.Run].ToList();
            if (own.Exists(l => room.GetValueOrDefault((l.Tenant, l.Key), l.Most) <= 0))
                return true;
            foreach (var limit in own)
                room[(limit.Tenant, limit.Key)] = room.GetValueOrDefault((limit.Tenant, limit.Key), limit.Most) - 1;
            return false;
        });
    }

    private async Task ClaimAsync(RecipesDatabase database, List<Candidate> chosen, CancellationToken cancellationToken)
    {
        if (chosen.Count == 0)
            return;
        var now = time.GetUtcNow();
        // As they were read: what was cancelled, ended or stored meanwhile is left alone.
        var claims = JsonSerializer.Serialize(chosen.Select(c => new object?[] { c.Run, c.Claim, c.HeldForAt(now), c.ClaimBefore, c.Losses }));
        var taken = await ReadAsync(database, $"""
            UPDATE run_states SET claim = c.claim, node = @node, lease_until = {Clock(database)} + @life, due_at = NULL, since = NULL, held_by = NULL, held_for = c.held_for, losses = c.losses
            FROM {database.ClaimRows} AS c WHERE c.run_id = run_states.run_id AND run_states.claim IS NOT DISTINCT FROM c.claim_before
            RETURNING run_states.run_id
            """, r => r.GetFieldValue<Guid>(0), cancellationToken, ("@node", database.Raw(node.Id)), ("@life", database.Raw(Lease)), ("@claims", claims));
        chosen.RemoveAll(c => !taken.Contains(c.Run));
        var going = chosen.Where(c => !c.IsEnded).Select(c => c.Claim).ToList();
        if (going.Count > 0)
        {
            await ExecuteAsync(database, $"""
                UPDATE runs SET status = 'Running', failure = NULL, ended_at = NULL, node = @node
                WHERE status <> 'Running' AND id IN (SELECT run_id FROM run_states WHERE claim IN (SELECT c.claim FROM {database.ClaimRows} AS c))
                """, cancellationToken, ("@node", database.Raw(node.Id)), ("@claims", Claims(going)));
        }
    }

    private static async Task<IReadOnlyList<ClaimedRun>> LoadAsync(RecipesDatabase database, List<Candidate> chosen, CancellationToken cancellationToken)
    {
        if (chosen.Count == 0)
            return [];
        var ids = chosen.Select(c => c.Run).ToList();
        var runs = await database.Runs.Where(r => ids.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancellationToken);
        var states = await database.RunStates.Where(s => ids.Contains(s.RunId)).ToDictionaryAsync(s => s.RunId, cancellationToken);
        var journals = (await database.RunJournal.Where(j => ids.Contains(j.RunId)).OrderBy(j => j.First).ToListAsync(cancellationToken)).ToLookup(j => j.RunId);
        return [.. chosen.Where(c => runs.ContainsKey(c.Run) && states.ContainsKey(c.Run)).Select(c => new ClaimedRun(
            RunRows.ToRun(runs[c.Run], null, [.. journals[c.Run]]), c.Claim, states[c.Run].State, c.WasHeld ? c.Connector : null, TimeSpan.FromTicks(states[c.Run].HeldFor)) { Losses = c.Losses, IsReopened = c.IsEnded })];
    }

    private Task<List<Candidate>> CandidatesAsync(RecipesDatabase database, string sql, CancellationToken cancellationToken, params (string, object)[] parameters) =>
        ReadAsync(database, sql, ReadCandidate, cancellationToken, parameters);

    private Candidate ReadCandidate(DbDataReader row) => new(
        row.GetFieldValue<Guid>(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2),
        row.IsDBNull(3) ? null : row.GetValue(3) switch { long ticks => new DateTimeOffset(ticks, TimeSpan.Zero), DateTime at => new DateTimeOffset(at, TimeSpan.Zero), var at => (DateTimeOffset)at },
        row.GetInt64(4), row.GetBoolean(5), row.GetBoolean(6))
    { ClaimBefore = row.IsDBNull(7) ? null : row.GetFieldValue<Guid>(7), Losses = row.GetInt32(8), IsEnded = row.GetBoolean(9), Claim = Guid.CreateVersion7(time.GetUtcNow()) };

    private static string Claims(IReadOnlyCollection<Guid> claims) => JsonSerializer.Serialize(claims.Select(c => new object?[] { Guid.Empty, c, 0, null, 0 }));

    private static string Clock(RecipesDatabase database) => database.LeaseClock.Replace("{0}", "@now", StringComparison.Ordinal);

    private async Task<List<T>> ReadAsync<T>(RecipesDatabase database, string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = Command(database, sql, parameters);
            var rows = new List<T>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                rows.Add(read(reader));
            return rows;
        }
        finally
        {
            await database.Database.CloseConnectionAsync();
        }
    }

    private async Task<int> ExecuteAsync(RecipesDatabase database, string sql, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = Command(database, sql, parameters);
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
        finally
        {
            await database.Database.CloseConnectionAsync();
        }
    }

    private DbCommand Command(RecipesDatabase database, string sql, (string Name, object Value)[] parameters)
    {
        var command = database.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.Transaction = database.Database.CurrentTransaction?.GetDbTransaction();
        foreach (var (name, value) in parameters.Append(("@now", database.Raw(time.GetUtcNow()))))
        {
            if (!sql.Contains(name, StringComparison.Ordinal))
                continue;
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>A run that may be claimed.</summary>
    /// <param name="Since">Since when it waited or was held.</param>
    /// <param name="HeldFor">How long it was held before, in ticks.</param>
    /// <param name="WasHeld">Whether it was held until now, or has not begun: that time is not its own.</param>
    /// <param name="HasLimits">Whether any limit is kept for it.</param>
    private sealed record Candidate(Guid Run, string Tenant, string? Connector, DateTimeOffset? Since, long HeldFor, bool WasHeld, bool HasLimits)
    {
        public required Guid Claim { get; init; }

        /// <summary>The claim that it was under when it was read.</summary>
        public Guid? ClaimBefore { get; init; }
        public int Losses { get; init; }
        public bool IsEnded { get; init; }

        public long HeldForAt(DateTimeOffset now) => HeldFor + (WasHeld && Since is { } since && now > since ? (now - since).Ticks : 0);
    }
}
