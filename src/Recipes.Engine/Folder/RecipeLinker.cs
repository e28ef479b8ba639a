using System.Collections.Immutable;
using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>One recipe's file as loaded, with the last version of it that could run.</summary>
internal sealed record LoadedRecipe(string Name, string Version, DateTimeOffset LoadedAt, ReadOnlyMemory<byte> Source, CompiledRecipe Newest, GoodVersion? LastGood);

/// <summary>A version that could run when it was linked.</summary>
internal sealed record GoodVersion(string Version, DateTimeOffset LoadedAt, CompiledRecipe Compiled);

/// <summary>Checks recipes against one another and decides which version of each can run.</summary>
internal static class RecipeLinker
{
    public static ImmutableSortedDictionary<string, Recipe> Link(IReadOnlyCollection<LoadedRecipe> loaded)
    {
        var chosen = new Dictionary<string, GoodVersion>();
        var faults = loaded.ToDictionary(l => l.Name, l => l.Newest.Faults.ToList());
        foreach (var one in loaded)
        {
            if (Newest(one) is { } newest)
                chosen[one.Name] = newest;
            else if (one.LastGood is { } good)
                chosen[one.Name] = good;
        }

        // A recipe that cannot be linked falls back to its last good version, then drops out; that may take others along, so look again.
        for (var changed = true; changed;)
        {
            changed = false;
            var plans = chosen.ToDictionary(c => c.Key, c => c.Value.Compiled.Plan!);
            var bad = plans.Values.Select(p => (p.Recipe, Faults: Check(p, plans, loaded))).Where(p => p.Faults.Count > 0).ToList();
            foreach (var (name, found) in bad)
            {
                changed = true;
                var one = loaded.First(l => l.Name == name);
                foreach (var fault in found.Where(f => !faults[name].Contains(f)))
                    faults[name].Add(fault);
                if (one.LastGood is { } good && good.Version != chosen[name].Version)
                    chosen[name] = good;
                else
                    chosen.Remove(name);
            }
        }

        return loaded.ToImmutableSortedDictionary(l => l.Name, l => Build(l, chosen, faults[l.Name]), StringComparer.Ordinal);
    }

    /// <summary>The version of a loaded file that runs if it links; null when the file has faults of its own.</summary>
    public static GoodVersion? Newest(LoadedRecipe one) => one.Newest.Plan is null ? null : new(one.Version, one.LoadedAt, one.Newest);

    private static Recipe Build(LoadedRecipe one, Dictionary<string, GoodVersion> chosen, List<RecipeFault> faults)
    {
        var running = chosen.GetValueOrDefault(one.Name);
        var document = (running?.Compiled ?? one.Newest).Document;
        var reached = running is null ? [] : Reach(running.Compiled.Plan!, n => chosen.GetValueOrDefault(n)?.Compiled.Plan);
        return new()
        {
            Name = one.Name,
            DisplayName = document?.DisplayName,
            Description = document?.Description,
            Version = running?.Version ?? one.Version,
            LoadedAt = running?.LoadedAt ?? one.LoadedAt,
            Faults = faults,
            Warnings = one.Newest.Warnings,
            Source = one.Source,
            SourceVersion = one.Version,
            Plan = running?.Compiled.Plan,
            Needs = Needs(reached),
            FieldKeys = [.. reached.SelectMany(p => p.FieldKeys).Distinct()],
        };
    }

    // The tightest policy that any of the recipes names, and what all of them do.
    private static List<RecipeNeed> Needs(List<Plan> plans)
    {
        var needs = new List<RecipeNeed>();
        foreach (var need in plans.SelectMany(p => p.Needs).DistinctBy(n => n.Key))
        {
            RuntimeUserPolicy? tightest = null;
            foreach (var plan in plans)
            {
                if (plan.Policies.TryGetValue(need.Key, out var policy) && (tightest is null || policy > tightest))
                    tightest = policy;
            }

            needs.Add(need with { Policy = tightest, Scopes = [.. plans.SelectMany(p => p.Needs).Where(n => n.Key == need.Key).SelectMany(n => n.Scopes).Distinct()] });
        }

        return needs;
    }

    private static List<Plan> Reach(Plan from, Func<string, Plan?> find)
    {
        var reached = new List<Plan> { from };
        for (var i = 0; i < reached.Count; i++)
        {
            foreach (var call in reached[i].Calls)
            {
                if (!reached.Exists(p => p.Recipe == call.Recipe) && find(call.Recipe) is { } callee)
                    reached.Add(callee);
            }
        }

        return reached;
    }

    private static List<RecipeFault> Check(Plan plan, Dictionary<string, Plan> plans, IReadOnlyCollection<LoadedRecipe> loaded)
    {
        var faults = new List<RecipeFault>();
        foreach (var call in plan.Calls)
        {
            if (!plans.TryGetValue(call.Recipe, out var callee))
            {
                Fault(call, loaded.Any(l => l.Name == call.Recipe)
                    ? $"It calls the recipe '{call.Recipe}', which has faults and cannot run."
                    : $"It calls the recipe '{call.Recipe}', which does not exist.{DidYouMean.Hint(call.Recipe, plans.Keys)}", "recipe");
                continue;
            }

            if (!callee.IsCallable)
                Fault(call, $"It calls the recipe '{call.Recipe}', which is not callable: it has no Callable trigger.", "recipe");
            if (FindWay(callee, plan.Recipe, plans) is { } way)
                Fault(call, $"Recipes may not call themselves: {plan.Recipe} → {string.Join(" → ", way)}.", "recipe");
            CheckInput(call, callee);
        }

        if (faults.Count > 0)
            return faults;
        var reached = Reach(plan, plans.GetValueOrDefault);
        foreach (var key in plan.Policies.Keys.Where(k => !reached.Exists(p => p.Needs.Any(n => n.Key == k))))
            faults.Add(new(plan.Recipe, $"Neither this recipe nor one it calls uses a connection '{key}'.", Path: $"customProperties.Recipes.runtimeUser.{key}"));
        CheckConnectors(plan, reached, faults);
        return faults;

        void Fault(PlannedCall call, string message, string member) => faults.Add(new(plan.Recipe, message, call.Step, $"{call.Path}.{member}"));

        void CheckInput(PlannedCall call, Plan callee)
        {
            if (call.InputNames is not { } passed)
                return;
            foreach (var input in callee.Inputs.Where(i => i.Required && !passed.Contains(i.Name)))
                Fault(call, $"The recipe '{call.Recipe}' needs the input '{input.Name}', which is not passed.", "input");
            foreach (var name in passed.Where(n => !Array.Exists(callee.Inputs, i => i.Name == n)))
                Fault(call, $"The recipe '{call.Recipe}' has no input '{name}'.{DidYouMean.Hint(name, callee.Inputs.Select(i => i.Name))}", "input");
        }
    }

    // A key means one connection for the whole run, so it has to belong to one connector in every recipe that takes part.
    private static void CheckConnectors(Plan plan, List<Plan> reached, List<RecipeFault> faults)
    {
        var connectors = new Dictionary<StableKey, (string Connector, string Recipe)>();
        foreach (var one in reached)
        {
            foreach (var need in one.Needs)
            {
                if (!connectors.TryAdd(need.Key, (need.Connector, one.Recipe)) && connectors[need.Key].Connector != need.Connector)
                    faults.Add(new(plan.Recipe, $"The connection '{need.Key}' is used with {connectors[need.Key].Connector} in '{connectors[need.Key].Recipe}' and with {need.Connector} in '{one.Recipe}'.", Path: "root"));
            }
        }
    }

    // Names of the recipes on a way from one to another; null when there is none.
    private static List<string>? FindWay(Plan from, string to, Dictionary<string, Plan> plans)
    {
        var cameFrom = new Dictionary<string, string?> { [from.Recipe] = null };
        var open = new Queue<string>([from.Recipe]);
        while (open.TryDequeue(out var name))
        {
            if (name == to)
            {
                var way = new List<string>();
                for (var at = name; at is not null; at = cameFrom[at])
                    way.Insert(0, at);
                return way;
            }

            if (!plans.TryGetValue(name, out var plan))
                continue;
            foreach (var call in plan.Calls)
            {
                if (cameFrom.TryAdd(call.Recipe, name))
                    open.Enqueue(call.Recipe);
            }
        }

        return null;
    }
}
