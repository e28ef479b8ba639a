using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine;

/// <summary>Hands records over to runs, each to one: the same record of the same trigger starts nothing a second time.</summary>
internal sealed class RecordHandOver(RecipeCaller recipes, TimeProvider time)
{
    /// <param name="mayBeHeld">As of <see cref="RecipeCall.MayBeHeld"/>.</param>
    /// <param name="of">What the ids of the records belong to besides the trigger, at most 12 characters; null where they are its own whatever it asks for.</param>
    /// <param name="mayGoOn">Asked before each record; false stops.</param>
    public async Task<HandOver> HandOverAsync(
        TriggerState trigger, Caller caller, IReadOnlyList<TriggerRecord> records, Func<CancellationToken, ValueTask<bool>> mayGoOn, CancellationToken cancellationToken, bool mayBeHeld = false, string? of = null)
    {
        var scope = of is null ? $"{trigger.Id}" : $"{trigger.Id}:{of}";
        for (var i = 0; i < records.Count; i++)
        {
            if (!await mayGoOn(cancellationToken))
                return new HandOver.ClaimLost();
            var call = new RecipeCall { Caller = caller, Recipe = trigger.Recipe, Input = records[i].Data, Wait = false, MayBeHeld = mayBeHeld, OnceKey = $"{scope}:{TriggerRecord.Shorten(records[i].Id)}" };
            var result = await recipes.CallAsync(call, cancellationToken);
            if (result is RecipeCallResult.Busy busy)
                return new HandOver.Busy(busy.RetryAfter);
            if (WhyNot(result) is { } pause)
                return new HandOver.Stopped(pause, i);
        }

        return new HandOver.Done(records.Count);
    }

    private TriggerPause? WhyNot(RecipeCallResult result)
    {
        var now = time.GetUtcNow();
        return result switch
        {
            RecipeCallResult.Accepted or RecipeCallResult.Ended => null,
            RecipeCallResult.Invalid invalid => new(TriggerPauseReason.Input, $"The recipe does not take what its trigger brought: {string.Join(" ", invalid.Faults.Select(f => f.Message))}", now),
            RecipeCallResult.Refused refused => new(TriggerPauseReason.Connection, refused.Missing[0].Reason, now, refused.Missing[0].AuthorizePath),
            RecipeCallResult.Broken broken => new(TriggerPauseReason.Recipe, $"The recipe '{broken.Recipe}' has faults, and no version of it can run.", now),
            RecipeCallResult.NotFound gone => new(TriggerPauseReason.Recipe, $"There is no recipe '{gone.Recipe}' any more.", now),
            RecipeCallResult.Forbidden forbidden => new(TriggerPauseReason.Person, forbidden.Reason, now),
            _ => throw new InvalidOperationException($"Unknown result {result.GetType().Name}."),
        };
    }
}
