using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>
/// Calls recipes: checks the input, resolves every connection once, and sees to it that the run is stored before it answers. A run that has begun
/// goes on when its caller goes away.
/// </summary>
public sealed partial class RecipeCaller
{
    private static readonly TimeSpan s_busy = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_countFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private readonly RecipeCatalogue _catalogue;
    private readonly IConnectionResolver _resolver;
    private readonly IStableKeys _keys;
    private readonly IRunStore _runs;
    private readonly IRunQueue _queue;
    private readonly RunExecutor _executor;
    private readonly RunDispatcher _dispatcher;
    private readonly RecipeVersions _versions;
    private readonly RunningRuns _running;
    private readonly RecipesEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RecipeCaller> _log;
    private readonly ConcurrentDictionary<TenantId, (long At, int Count)> _waiting = new();
    private int _calls;

    internal RecipeCaller(
        RecipeCatalogue catalogue, IConnectionResolver resolver, IStableKeys keys, IRunStore runs, IRunQueue queue, RunExecutor executor, RunDispatcher dispatcher,
        RecipeVersions versions, RunningRuns running, IOptions<RecipesEngineOptions> options, TimeProvider time, ILogger<RecipeCaller> log)
    {
        (_catalogue, _resolver, _keys, _runs, _queue, _executor) = (catalogue, resolver, keys, runs, queue, executor);
        (_dispatcher, _versions, _running, _options, _time, _log) = (dispatcher, versions, running, options.Value, time, log);
    }

    /// <summary>Calls a recipe.</summary>
    /// <param name="cancellationToken">Ends the waiting, and the call itself as long as no step has begun.</param>
    public ValueTask<RecipeCallResult> CallAsync(RecipeCall call, CancellationToken cancellationToken = default) =>
        _catalogue.Find(call.Recipe) is { } recipe ? CallAsync(call, recipe, cancellationToken) : ValueTask.FromResult<RecipeCallResult>(new RecipeCallResult.NotFound(call.Recipe));

    /// <summary>Calls a version of a recipe that is not the loaded one; see <see cref="RecipeChecker.Preview"/>.</summary>
    public async ValueTask<RecipeCallResult> CallAsync(RecipeCall call, Recipe recipe, CancellationToken cancellationToken = default)
    {
        if (call.OnceKey is { Length: 0 or > 200 })
            throw new ArgumentException("OnceKey is 1 to 200 characters.", nameof(call));
        if (recipe.Plan is not { } plan)
            return new RecipeCallResult.Broken(recipe.Name, recipe.Faults);
        if (!plan.IsCallable && (call.RuntimeUser is not null || call.Connections.Count > 0))
            return new RecipeCallResult.Forbidden($"The recipe '{recipe.Name}' is not callable, so it takes neither a runtime user nor connections. Begin it with a Callable trigger.");
        foreach (var key in call.Connections.Keys)
        {
            // A misspelt key must not fall through to some other connection.
            if (!recipe.Needs.Any(n => n.Key == key))
                return new RecipeCallResult.Forbidden($"The recipe '{recipe.Name}' uses no connection '{key}'.{DidYouMean.Hint(key.Value, recipe.Needs.Select(n => n.Key.Value))}");
        }

        var faults = InputReader.Read(plan.Inputs, call.Input, out var input, _options.MaxInputSize, isOpen: plan.Trigger is not null);
        if (faults.Count > 0)
            return new RecipeCallResult.Invalid(faults);

        ReadOnlyMemory<byte> json;
        try
        {
            json = RunJson.OfInput(input);
        }
        catch (InvalidOperationException)
        {
            return new RecipeCallResult.Invalid([new(input.Keys.First(), "The input is nested too deeply.")]);
        }

        var started = _time.GetUtcNow();
        var run = new Run
        {
            Id = new(Guid.CreateVersion7(started)),
            Tenant = call.Caller.Tenant,
            Recipe = recipe.Name,
            RecipeVersion = recipe.Version,
            Status = RunStatus.Running,
            Caller = call.Caller.User,
            RuntimeUser = call.RuntimeUser,
            Input = json,
            StartedAt = started,
        };
        if (recipe.Needs.Count > 0 || call.RuntimeUser is not null || call.Connections.Count > 0)
        {
            switch (await ResolveAsync(recipe.Needs, plan.IsCallable, call, cancellationToken))
            {
                case ConnectionResolution.Resolved resolved:
                    run = run with { RuntimeUser = resolved.RuntimeUser, Connections = [.. resolved.Connections.Values] };
                    break;
                case ConnectionResolution.Incomplete incomplete:
                    run = run with { Status = RunStatus.Refused, Failure = Refusal(incomplete.Missing), EndedAt = _time.GetUtcNow() };
                    await _runs.SaveAsync(run, cancellationToken);
                    LogRefused(run.Id.Value, recipe.Name);
                    return new RecipeCallResult.Refused(run, incomplete.Missing);
                case ConnectionResolution.Forbidden forbidden:
                    return new RecipeCallResult.Forbidden(forbidden.Reason);
                default:
                    throw new InvalidOperationException("An unknown answer of resolution.");
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        var limits = LimitsOf(plan, run);
        if (!call.Wait || call.OnceKey is not null || limits.Count > 0)
            return await TakeInAsync(run, recipe, plan, input, limits, call, cancellationToken);
        if (Interlocked.Increment(ref _calls) > _options.CallsAtOnce)
        {
            Interlocked.Decrement(ref _calls);
            return new RecipeCallResult.Busy(s_busy);
        }

        var running = _executor.BeginAsync(run, plan, recipe.FieldKeys, input, claim: null);
        if (running.IsCompletedSuccessfully)
        {
            Interlocked.Decrement(ref _calls);
            return await AnswerAsync(running.Result, call, cancellationToken);
        }

        var task = CountDownAsync(running);
        _running.Track(task);
        try
        {
            return await AnswerAsync(await task.WaitAsync(call.Patience ?? _options.LongestCall, _time, cancellationToken), call, cancellationToken);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            return new RecipeCallResult.Accepted(run.Id);
        }
    }

    /// <summary>Which connections a call by this caller would use, and what is missing for it.</summary>
    /// <param name="runtimeUser">The user to act as; null means the caller.</param>
    /// <param name="mayBeHeld">As of <see cref="RecipeCall.MayBeHeld"/>.</param>
    public async Task<NeededConnections> ConnectionsNeededAsync(string recipe, Caller caller, UserId? runtimeUser, CancellationToken cancellationToken, bool mayBeHeld = false)
    {
        if (_catalogue.Find(recipe) is not { } found)
            return new NeededConnections.NotFound(recipe);
        var call = new RecipeCall { Caller = caller, Recipe = recipe, RuntimeUser = found.IsCallable ? runtimeUser : null, MayBeHeld = mayBeHeld };
        var whole = await ResolveAsync(found.Needs, found.IsCallable, call, cancellationToken);
        if (whole is ConnectionResolution.Forbidden forbidden)
            return new NeededConnections.Forbidden(forbidden.Reason);
        var needed = new List<NeededConnection>(found.Needs.Count);
        foreach (var need in found.Needs)
        {
            var definition = await _keys.FindAsync(caller.Tenant, need.Key, cancellationToken);
            // A recipe's 'optional' has nothing to tighten: only 'required' does.
            var policy = need.Policy == RuntimeUserPolicy.Required ? RuntimeUserPolicy.Required : definition?.RuntimeUser ?? RuntimeUserPolicy.Off;
            var missing = (whole as ConnectionResolution.Incomplete)?.Missing.FirstOrDefault(m => m.Key == need.Key);
            var resolved = whole as ConnectionResolution.Resolved;
            if (resolved is null && missing is null)
            {
                // Others are missing, so this one was not told: ask for it alone. Under 'off' a runtime user would be refused, and changes nothing.
                var alone = await ResolveAsync([need], found.IsCallable, policy == RuntimeUserPolicy.Off ? call with { RuntimeUser = null } : call, cancellationToken);
                resolved = alone as ConnectionResolution.Resolved;
                missing = (alone as ConnectionResolution.Incomplete)?.Missing[0];
            }

            needed.Add(new(need.Key, need.Connector, policy, resolved?.Connections.GetValueOrDefault(need.Key), missing));
        }

        return new NeededConnections.Found(needed);
    }

    /// <summary>Has the queue looked through now.</summary>
    internal void Wake() => _dispatcher.Wake();

    /// <summary>Goes on with a run that somebody has opened again.</summary>
    internal void GoOn(ClaimedRun run, Action<RunMachine>? prepare) => _dispatcher.Resume(run, prepare);

    private async ValueTask<ConnectionResolution> ResolveAsync(IReadOnlyList<RecipeNeed> needs, bool callable, RecipeCall call, CancellationToken cancellationToken)
    {
        List<MissingConnection>? unusable = null;
        var asked = new List<ConnectionNeed>(needs.Count);
        foreach (var need in needs)
        {
            if (await KeyProblem.FindAsync(_keys, call.Caller.Tenant, need, cancellationToken) is { } problem)
                (unusable ??= []).Add(new(need.Key, problem, null, []));
            else
                asked.Add(new(need.Key, need.Policy) { Scopes = need.Scopes });
        }

        var resolution = await _resolver.ResolveAsync(
            new() { Caller = call.Caller, Needs = asked, Callable = callable, RuntimeUser = call.RuntimeUser, Overrides = call.Connections, MayBeBroken = call.MayBeHeld }, cancellationToken);
        return (resolution, unusable) switch
        {
            (_, null) or (ConnectionResolution.Forbidden, _) => resolution,
            (ConnectionResolution.Incomplete incomplete, _) => new ConnectionResolution.Incomplete([.. unusable, .. incomplete.Missing]),
            _ => new ConnectionResolution.Incomplete(unusable),
        };
    }

    private static RunFailure Refusal(IReadOnlyList<MissingConnection> missing) => new(
        missing is [{ Scopes.Count: > 0 } lacking] ? lacking.Reason
        : missing.Count == 1 ? $"The connection '{missing[0].Key}' is missing. {missing[0].Reason}" : $"{missing.Count} connections are missing: {string.Join(", ", missing.Select(m => m.Key))}.",
        Guidance: missing.FirstOrDefault(m => m.AuthorizePath is not null) is { } first ? $"Authorise it at {first.AuthorizePath} and call again." : null);

    // Stored before anything else: with a key, in the queue's order where there are limits, or because nobody waits for it.
    private async Task<RecipeCallResult> TakeInAsync(
        Run run, Recipe recipe, Plan plan, IReadOnlyDictionary<string, object?> input, IReadOnlyList<RunLimit> limits, RecipeCall call, CancellationToken cancellationToken)
    {
        if (call.OnceKey is { } key && await _runs.FindOnceAsync(run.Tenant, OnceKey(run, key), cancellationToken) is { } known)
            return await RepeatAsync(known, call, cancellationToken);
        if (await CountWaitingAsync(run.Tenant, cancellationToken) >= _options.LongestQueue)
            return new RecipeCallResult.Busy(s_busy);
        await _versions.KeepAsync(plan, cancellationToken);
        Guid? claim = limits.Count == 0 && _dispatcher.TryEnter() ? Guid.CreateVersion7(_time.GetUtcNow()) : null;
        if (claim is { } own)
            _running.Claims[own] = 0;
        run = run with { Status = claim is null ? RunStatus.Queued : RunStatus.Running };
        var awaited = call.Wait ? _running.Await(run.Id) : null;
        try
        {
            var isNew = await _runs.StartAsync(new() { Run = run, Claim = claim, Limits = limits, OnceKey = call.OnceKey is { } once ? OnceKey(run, once) : null }, cancellationToken);
            if (!isNew)
            {
                GiveUp(claim);
                return await RepeatAsync((await _runs.FindOnceAsync(run.Tenant, OnceKey(run, call.OnceKey!), cancellationToken))!.Value, call, cancellationToken);
            }
        }
        catch
        {
            GiveUp(claim);
            _running.Forget(run.Id);
            throw;
        }

        if (claim is { } held)
            _dispatcher.Run(held, () => _executor.BeginAsync(run, plan, recipe.FieldKeys, input, held));
        else
            _dispatcher.Wake();
        return awaited is null ? new RecipeCallResult.Accepted(run.Id, run.Status) : await AwaitEndAsync(run, awaited, call, cancellationToken);
    }

    private void GiveUp(Guid? claim)
    {
        if (claim is not { } own)
            return;
        _running.Claims.TryRemove(own, out _);
        _dispatcher.Leave();
    }

    private async Task<RecipeCallResult> RepeatAsync(RunId known, RecipeCall call, CancellationToken cancellationToken)
    {
        var run = await _runs.FindAsync(call.Caller.Tenant, known, cancellationToken);
        if (run is null || !call.Wait)
            return new RecipeCallResult.Accepted(known, run?.Status ?? RunStatus.Running);
        return run.EndedAt is not null ? new RecipeCallResult.Ended(run) : await AwaitEndAsync(run, _running.Await(known), call, cancellationToken);
    }

    private ValueTask<RecipeCallResult> AnswerAsync(Run run, RecipeCall call, CancellationToken cancellationToken) => run switch
    {
        { EndedAt: not null } => ValueTask.FromResult<RecipeCallResult>(new RecipeCallResult.Ended(run)),
        // It goes on by itself; who waits for it does so a while longer.
        { Status: RunStatus.Waiting } => new(AwaitEndAsync(run, _running.Await(run.Id), call, cancellationToken)),
        _ => ValueTask.FromResult<RecipeCallResult>(new RecipeCallResult.Accepted(run.Id, run.Status, run.Failure)),
    };

    private async Task<RecipeCallResult> AwaitEndAsync(Run run, Task<Run> here, RecipeCall call, CancellationToken cancellationToken)
    {
        var (started, longest) = (_time.GetTimestamp(), call.Patience ?? _options.LongestCall);
        try
        {
            while (_time.GetElapsedTime(started) < longest && !_running.Stopping.IsCancellationRequested)
            {
                // It may be another node that ends it.
                await Task.WhenAny(here, Task.Delay(longest < s_look ? longest : s_look, _time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
                run = here.IsCompletedSuccessfully ? here.Result : await _runs.FindAsync(run.Tenant, run.Id, cancellationToken) ?? run;
                if (run.EndedAt is not null)
                    return new RecipeCallResult.Ended(run);
                if (run.Status == RunStatus.Held)
                    break;
                if (here.IsCompleted)
                    here = _running.Await(run.Id);
            }

            return new RecipeCallResult.Accepted(run.Id, run.Status, run.Failure);
        }
        finally
        {
            _running.Forget(run.Id);
        }
    }

    private async Task<Run> CountDownAsync(ValueTask<Run> running)
    {
        try
        {
            return await running;
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }

    private async ValueTask<int> CountWaitingAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (_waiting.TryGetValue(tenant, out var known) && _time.GetElapsedTime(known.At) < s_countFor)
            return known.Count;
        var count = await _queue.CountWaitingAsync(tenant, cancellationToken);
        _waiting[tenant] = (_time.GetTimestamp(), count);
        return count;
    }

    private static string OnceKey(Run run, string key) => $"{run.Recipe}:{key}";

    private List<RunLimit> LimitsOf(Plan plan, Run run)
    {
        List<RunLimit> limits = [];
        if (plan.Concurrency is { } most)
            limits.Add(new($"recipe:{run.Recipe}", most));
        if (_options.RunsPerConnection is { } each)
            limits.AddRange(run.Connections.Select(c => new RunLimit($"connection:{c.Id}", each)));
        return limits;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} of {Recipe} was refused: connections are missing")]
    private partial void LogRefused(Guid run, string recipe);
}
