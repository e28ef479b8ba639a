using System.Text.Json.Serialization;

namespace Recipes.Connections;

/// <summary>What uses a connection, or any connection of a definition.</summary>
/// <param name="Recipes">Recipes that name its stable key, or call one that does.</param>
/// <param name="Runs">The last runs that it was bound to, newest first.</param>
public sealed record ConnectionUses(IReadOnlyList<RecipeUse> Recipes, IReadOnlyList<RunUse> Runs)
{
    /// <summary>Whether something would miss it.</summary>
    [JsonIgnore]
    public bool IsInUse => Recipes.Count > 0 || Runs.Any(r => r.IsRunning);

    /// <summary>In words: <c>2 recipes (a, b) and 1 run</c>.</summary>
    [JsonIgnore]
    public string Summary
    {
        get
        {
            var running = Runs.Count(r => r.IsRunning);
            string[] parts =
            [
                .. Recipes.Count == 0 ? [] : new[] { $"{(Recipes.Count == 1 ? "1 recipe" : $"{Recipes.Count} recipes")} ({string.Join(", ", Recipes.Take(5).Select(r => r.Name))}{(Recipes.Count > 5 ? ", …" : "")})" },
                .. running == 0 ? [] : new[] { running == 1 ? "1 run that goes on" : $"{running} runs that go on" },
            ];
            return parts.Length == 0 ? "nothing" : string.Join(" and ", parts);
        }
    }
}

/// <param name="Id">The recipe's id.</param>
/// <param name="Name">Its name, for people.</param>
public sealed record RecipeUse(string Id, string Name);

/// <param name="Id">The run's id.</param>
/// <param name="Recipe">The recipe that was called.</param>
/// <param name="IsRunning">Whether it goes on.</param>
public sealed record RunUse(Guid Id, string Recipe, DateTimeOffset StartedAt, bool IsRunning);
