using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Asks an app for what is new, page by page, and moves the cursor once every record of a page has its run.</summary>
internal sealed class Polling(IConnectionClients clients, RecordHandOver handOver, TriggerReadiness readiness, TimeProvider time)
{
    /// <summary>Pages in one go; the rest comes after the others have had their turn.</summary>
    private const int MostPages = 20;

    // Shorter than a claim.
    private static readonly TimeSpan s_longestPage = TimeSpan.FromSeconds(90);

    public async Task RunAsync(TriggerTurn turn, Caller caller, PlannedTrigger.Poll poll, ConnectionId connection, CancellationToken cancellationToken)
    {
        var (runs, of) = (0, PollPlace.HashOf(poll.Inputs, connection));
        var place = turn.Trigger.Cursor is { } stored ? PollPlace.Read(stored) : new(of, null, null);
        if (place.Of != of)
        {
            place = new(of, null, time.GetUtcNow());
            if (!await turn.TryWriteAsync(turn.Trigger with { Cursor = place.Write(), Failures = 0 }, cancellationToken))
                return;
        }

        var anew = place.AnewAt is null ? "" : "Its inputs or its connection changed, so it began anew with what comes from then on. ";
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await AskAsync(turn.Trigger, place, poll, connection, cancellationToken);
            if (answer is PollAnswer.Failed failed)
            {
                await FailAsync(turn, poll, failed.Failure, cancellationToken);
                return;
            }

            var (records, cursor, hasMore) = (PollAnswer.Page)answer;
            var came = await handOver.HandOverAsync(turn.Trigger, caller, records, turn.HoldsAsync, cancellationToken, of: of);
            if (came is not HandOver.Done)
            {
                await turn.TryEndAsync(came, turn.Trigger, cancellationToken);
                return;
            }

            runs += records.Count;
            place = new(of, cursor, null);
            var now = time.GetUtcNow();
            var result = new TriggerResult(runs == 0 ? TriggerOutcome.Nothing : TriggerOutcome.Started, anew + (runs == 0 ? "There was nothing new." : $"{(runs == 1 ? "1 record" : $"{runs} records")} came, each for a run."), now, runs);
            var moved = turn.Trigger with { Cursor = place.Write(), Failures = 0, LastResult = result, NextAt = hasMore ? now : now + poll.Every };
            if (!hasMore || page == MostPages - 1)
            {
                await turn.TryEndAsync(moved, cancellationToken);
                return;
            }

            if (!await turn.TryWriteAsync(moved, cancellationToken))
                return;
        }
    }

    private async Task<PollAnswer> AskAsync(TriggerState trigger, PollPlace place, PlannedTrigger.Poll poll, ConnectionId connection, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_longestPage, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var client = await clients.GetAsync(connection, either.Token);
            // What came between switching on and a first poll that got through is new as well.
            var (first, now) = (place.AnewAt is null ? poll.First : FirstPoll.Now, place.Cursor is null ? place.AnewAt ?? trigger.SwitchedAt : time.GetUtcNow());
            return await poll.Trigger.PollAsync(client, poll.Inputs, place.Cursor, first, now, either.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new PollAnswer.Failed(ActionFailures.From(e, time.GetUtcNow()));
        }
    }

    private async Task FailAsync(TriggerTurn turn, PlannedTrigger.Poll poll, Failure failure, CancellationToken cancellationToken)
    {
        // Where the connection is what broke, it is asked nothing more until that is healed.
        if (await readiness.CheckAsync(turn.Trigger, cancellationToken) is Readiness.NotReady no)
        {
            await turn.TryEndAsync(turn.Trigger with { Pause = no.Pause, WaitsFor = no.WaitsFor, LastResult = Of(failure), NextAt = time.GetUtcNow() + TriggerPauses.LookAgain }, cancellationToken);
            return;
        }

        var failures = turn.Trigger.Failures + 1;
        await turn.TryEndAsync(
            turn.Trigger with { Failures = failures, LastResult = Of(failure), NextAt = TriggerPauses.After(failures, poll.Every, failure, time.GetUtcNow(), Random.Shared.NextDouble()) }, cancellationToken);
    }

    private static TriggerResult Of(Failure failure) => new(TriggerOutcome.Failed, failure.Message, failure.At) { Kind = failure.Kind };
}
