using Microsoft.Extensions.Logging;
using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Sends what steps have to send, as often as their rules and the app's answers allow.</summary>
internal static partial class StepSender
{
    /// <summary>Longer pauses than this are not waited for here: the run is put aside.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(5);

    /// <summary>Sends a step's action, again while that can do no harm.</summary>
    /// <param name="place">The step's place in the journal: with the run it names what is done once.</param>
    /// <param name="tries">What came of it so far.</param>
    /// <param name="keep">Asked before each further attempt, with what came of those before it: whether the run may go on here.</param>
    /// <param name="stopping">No further attempt is made then.</param>
    /// <param name="abandoned">What is under way is given up then.</param>
    public static async ValueTask<ActionReply> SendAsync(
        RunContext context, ActionNode node, Dictionary<string, object?> inputs, int place, StepTries tries, Func<StepTries, ValueTask<bool>> keep, CancellationToken stopping, CancellationToken abandoned)
    {
        var key = node.Action.TakesIdempotencyKey ? $"{context.Run.Value:N}-{place}" : null;
        var firstAt = tries.Count == 0 ? context.Time.GetUtcNow() : tries.FirstAt;
        var isDoubtful = tries.IsDoubtful;
        for (var attempt = tries.Count + 1; ; attempt++)
        {
            var reply = await SendOnceAsync(context, node, inputs, key, abandoned);
            // Whatever the last one met: an earlier one may have been done.
            isDoubtful |= reply.WhyNot?.IsDoubtful ?? false;
            reply = reply with { IsDoubtful = isDoubtful, Fault = isDoubtful ? reply.Fault?.InDoubt() : reply.Fault, Tries = attempt };
            var now = context.Time.GetUtcNow();
            if (reply.WhyNot is not { } failure
                || node.Retry.PauseAfter(attempt, failure, (reply.Result as ActionResult.Failed)?.MayRepeat ?? false, now - firstAt, now, Random.Shared.NextDouble()) is not { } pause)
                return reply;
            LogTriedAgain(context.Log, node.Recipe, node.Step, attempt, failure.Kind, pause);
            if (pause > s_longestWait)
                return reply with { Again = now + pause };
            try
            {
                await Task.Delay(pause, context.Time, stopping);
            }
            catch (OperationCanceledException)
            {
                return reply with { Again = now + pause };
            }

            if (!await keep(new(attempt, 0, firstAt, isDoubtful, false)))
                return reply with { IsLost = true };
        }
    }

    private static async ValueTask<ActionReply> SendOnceAsync(RunContext context, ActionNode node, Dictionary<string, object?> inputs, string? idempotencyKey, CancellationToken abandoned)
    {
        var bound = context.Connections.GetValueOrDefault(node.Key);
        if (bound is null)
            return new() { Fault = new($"This run has no connection '{node.Key}'.", node.Step, node.Recipe) };
        if (abandoned.IsCancellationRequested)
            return new() { Connection = bound, IsStopped = true };
        try
        {
            var client = await context.Clients.GetAsync(bound.Id, abandoned);
            return new() { Result = await node.Action.ExecuteAsync(client, inputs, abandoned, idempotencyKey), Connection = bound };
        }
        catch (OperationCanceledException) when (abandoned.IsCancellationRequested)
        {
            return new() { Connection = bound, IsStopped = true };
        }
        catch (TemplateException e)
        {
            return new() { Connection = bound, Fault = new(e.Message, node.Step, node.Recipe) };
        }
        catch (Exception e)
        {
            LogActionThrew(context.Log, e, node.Recipe, node.Step, node.Type);
            return new() { Connection = bound, Failure = ActionFailures.From(e, context.Time.GetUtcNow()) };
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Step {Step} in recipe {Recipe} is tried again after attempt {Attempt} ({Kind}), in {Pause}")]
    private static partial void LogTriedAgain(ILogger log, string recipe, string step, int attempt, FailureKind kind, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The action {Type} of step {Step} in recipe {Recipe} threw")]
    private static partial void LogActionThrew(ILogger log, Exception exception, string recipe, string step, string type);
}
