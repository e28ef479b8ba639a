using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;
using Microsoft.Extensions.Options;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>
/// Calls recipes: checks the input, resolves every connection once, runs, and stores the run before it answers. A run that has begun ends and is
/// stored even when its caller goes away.
/// </summary>
public sealed partial class RecipeCaller(
    RecipeCatalogue catalogue, IConnectionResolver resolver, IConnectionClients clients, IStableKeys keys, IRunStore runs,
    IOptions<RecipesEngineOptions> options, TimeProvider time, ILogger<RecipeCaller> log)
{
    private readonly DefaultObjectPool<RunMachine> _machines = new(new DefaultPooledObjectPolicy<RunMachine>());
    private readonly RunningRuns _running = new();

    /// <summary>Calls a recipe.</summary>
    /// <param name="cancellationToken">Ends the waiting, and the call itself as long as no step has begun.</param>
    public async ValueTask<RecipeCallResult> CallAsync(RecipeCall call, CancellationToken cancellationToken = default)
    {
        var recipes = catalogue.Snapshot;
        if (!recipes.TryGetValue(call.Recipe, out var recipe))
            return new RecipeCallResult.NotFound(call.Recipe);
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

        var faults = InputReader.Read(plan.Inputs, call.Input, isOpen: plan.Trigger is not null, out var input);
        if (faults.Count > 0)
            return new RecipeCallResult.Invalid(faults);

        var started = time.GetUtcNow();
        var run = new Run
        {
            Id = new(Guid.CreateVersion7(started)),
            Tenant = call.Caller.Tenant,
            Recipe = recipe.Name,
            RecipeVersion = recipe.Version,
            Status = RunStatus.Running,
            Caller = call.Caller.User,
            RuntimeUser = call.RuntimeUser,
            Input = RunJson.OfInput(input),
            StartedAt = started,
        };
        IReadOnlyDictionary<StableKey, BoundConnection> bound = RunContext.NoConnections;
        if (recipe.Needs.Count > 0 || call.RuntimeUser is not null || call.Connections.Count > 0)
        {
            switch (await ResolveAsync(recipe.Needs, plan.IsCallable, call, cancellationToken))
            {
                case ConnectionResolution.Resolved resolved:
                    bound = resolved.Connections;
                    run = run with { RuntimeUser = resolved.RuntimeUser, Connections = [.. bound.Values] };
                    break;
                case ConnectionResolution.Incomplete incomplete:
                    run = run with { Status = RunStatus.Refused, Failure = Refusal(incomplete.Missing), EndedAt = time.GetUtcNow() };
                    await runs.SaveAsync(run, cancellationToken);
                    LogRefused(log, run.Id.Value, recipe.Name);
                    return new RecipeCallResult.Refused(run, incomplete.Missing);
                case ConnectionResolution.Forbidden forbidden:
                    return new RecipeCallResult.Forbidden(forbidden.Reason);
                default:
                    throw new InvalidOperationException("An unknown answer of resolution.");
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (!call.Wait)
        {
            await runs.SaveAsync(run, cancellationToken);
            _running.Track(RunInBackgroundAsync(run, recipe, recipes, input, bound));
            return new RecipeCallResult.Accepted(run.Id);
        }

        var running = RunAndStoreAsync(run, recipe, recipes, input, bound);
        if (running.IsCompletedSuccessfully)
            return new RecipeCallResult.Ended(running.Result);
        var task = running.AsTask();
        _running.Track(task);
        return new RecipeCallResult.Ended(await task.WaitAsync(cancellationToken));
    }

    /// <summary>Which connections a call by this caller would use, and what is missing for it.</summary>
    /// <param name="runtimeUser">The user to act as; null means the caller.</param>
    public async Task<NeededConnections> ConnectionsNeededAsync(string recipe, Caller caller, UserId? runtimeUser, CancellationToken cancellationToken)
    {
        if (catalogue.Find(recipe) is not { } found)
            return new NeededConnections.NotFound(recipe);
        var call = new RecipeCall { Caller = caller, Recipe = recipe, RuntimeUser = found.IsCallable ? runtimeUser : null };
        var whole = await ResolveAsync(found.Needs, found.IsCallable, call, cancellationToken);
        if (whole is ConnectionResolution.Forbidden forbidden)
            return new NeededConnections.Forbidden(forbidden.Reason);
        var needed = new List<NeededConnection>(found.Needs.Count);
        foreach (var need in found.Needs)
        {
            var definition = await keys.FindAsync(caller.Tenant, need.Key, cancellationToken);
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

    /// <summary>Ends every run that is under way as failed, and waits until all are stored.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _running.StopAsync(cancellationToken);

    private async ValueTask<ConnectionResolution> ResolveAsync(IReadOnlyList<RecipeNeed> needs, bool callable, RecipeCall call, CancellationToken cancellationToken)
    {
        List<MissingConnection>? unusable = null;
        var asked = new List<ConnectionNeed>(needs.Count);
        foreach (var need in needs)
        {
            if (await KeyProblem.FindAsync(keys, call.Caller.Tenant, need, cancellationToken) is { } problem)
                (unusable ??= []).Add(new(need.Key, problem, null, []));
            else
                asked.Add(new(need.Key, need.Policy) { Scopes = need.Scopes });
        }

        var resolution = await resolver.ResolveAsync(
            new() { Caller = call.Caller, Needs = asked, Callable = callable, RuntimeUser = call.RuntimeUser, Overrides = call.Connections }, cancellationToken);
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

    private async ValueTask<Run> RunAndStoreAsync(
        Run run, Recipe recipe, IReadOnlyDictionary<string, Recipe> recipes, IReadOnlyDictionary<string, object?> input, IReadOnlyDictionary<StableKey, BoundConnection> bound)
    {
        var ended = await RunAsync(run, recipe, recipes, input, bound);
        try
        {
            await runs.SaveAsync(ended, CancellationToken.None);
        }
        catch (Exception e)
        {
            // Its caller may be gone by now.
            LogNotStored(log, e, run.Id.Value, recipe.Name);
            throw;
        }

        LogEnded(log, ended.Id.Value, recipe.Name, ended.Status);
        return ended;
    }

    private async Task RunInBackgroundAsync(
        Run run, Recipe recipe, IReadOnlyDictionary<string, Recipe> recipes, IReadOnlyDictionary<string, object?> input, IReadOnlyDictionary<StableKey, BoundConnection> bound)
    {
        await Task.Yield();
        await RunAndStoreAsync(run, recipe, recipes, input, bound);
    }

    private async ValueTask<Run> RunAsync(
        Run run, Recipe recipe, IReadOnlyDictionary<string, Recipe> recipes, IReadOnlyDictionary<string, object?> input, IReadOnlyDictionary<StableKey, BoundConnection> bound)
    {
        var context = new RunContext
        {
            Recipes = recipes,
            Clients = clients,
            Time = time,
            Run = run.Id,
            Log = log,
            Connections = bound,
            MaxSteps = options.Value.MaxSteps,
            MaxDepth = options.Value.MaxDepth,
        };
        if (recipe.FieldKeys.Count > 0)
        {
            try
            {
                context.Fields = await ReadFieldsAsync(recipe.FieldKeys, bound);
            }
            catch (Exception e)
            {
                LogNoFields(log, e, run.Id.Value, recipe.Name);
                return run with { Status = RunStatus.Faulted, Failure = new(ActionFailures.From(e, time.GetUtcNow()).Message, Recipe: recipe.Name), EndedAt = time.GetUtcNow() };
            }
        }

        var machine = _machines.Get();
        var end = await machine.RunAsync(recipe.Plan!, input, context, _running.Stopping);
        _machines.Return(machine);
        var failure = end.Failure;
        ReadOnlyMemory<byte> output = default;
        if (failure is null)
        {
            try
            {
                output = RunJson.OfOutput(recipe.Plan!.Outputs, end.Outputs);
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException)
            {
                failure = new("The recipe's output is nested too deeply to be written as JSON.", Recipe: recipe.Name);
            }
        }

        return run with
        {
            Status = failure is null ? RunStatus.Completed : failure.IsDoubtful ? RunStatus.Flagged : RunStatus.Faulted,
            Output = output,
            Failure = failure,
            Journal = end.Journal,
            EndedAt = time.GetUtcNow(),
        };
    }

    private async ValueTask<IReadOnlyDictionary<string, object?>> ReadFieldsAsync(IReadOnlyList<StableKey> keys, IReadOnlyDictionary<StableKey, BoundConnection> bound)
    {
        var fields = new Dictionary<string, object?>(keys.Count);
        foreach (var key in keys)
        {
            var client = await clients.GetAsync(bound[key].Id, _running.Stopping);
            fields[key.Value] = new Dictionary<string, object?>(1) { ["fields"] = client.Fields };
        }

        return fields;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Run {Run} of {Recipe} ended: {Status}")]
    private static partial void LogEnded(ILogger log, Guid run, string recipe, RunStatus status);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run} of {Recipe} was refused: connections are missing")]
    private static partial void LogRefused(ILogger log, Guid run, string recipe);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run} of {Recipe} could not be stored")]
    private static partial void LogNotStored(ILogger log, Exception exception, Guid run, string recipe);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} of {Recipe} could not read the fields of its connections")]
    private static partial void LogNoFields(ILogger log, Exception exception, Guid run, string recipe);
}
