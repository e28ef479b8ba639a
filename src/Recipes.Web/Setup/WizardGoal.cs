using Microsoft.AspNetCore.Http;

namespace Recipes.Web;

/// <summary>What somebody goes through the wizard for.</summary>
/// <param name="Key">The stable key that the definition is to have: a recipe names it already. Null leaves it open.</param>
/// <param name="Recipe">Id of that recipe, for the way back.</param>
public sealed record WizardGoal(string? Key, string? Recipe)
{
    public static WizardGoal Of(string? key, string? recipe) => new(StableKey.TryParse(key, out var parsed) ? parsed.Value : null, FlowReturn.Of(recipe, null, null).Recipe);

    public static WizardGoal Of(IFormCollection form) => Of(form["goal"], form["recipe"]);

    /// <summary>Parameters for the next step.</summary>
    public IReadOnlyDictionary<string, string> Parameters =>
        new[] { ("key", Key), ("recipe", Recipe) }.Where(p => p.Item2 is not null).ToDictionary(p => p.Item1, p => p.Item2!);

    /// <summary>Address of a step of the wizard.</summary>
    public string Path(params ReadOnlySpan<(string Name, string Value)> more)
    {
        var query = new List<string>();
        foreach (var (name, value) in more)
            query.Add($"{name}={Uri.EscapeDataString(value)}");
        query.AddRange(Parameters.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));
        return query.Count == 0 ? "/connections/new" : $"/connections/new?{string.Join('&', query)}";
    }

    /// <summary>Address of the step where an account is connected.</summary>
    public string AccountPath(StableKey definition, bool forOrganisation) =>
        $"/connect/{definition}?wizard=1{(forOrganisation ? "&owner=organisation" : "")}{(Recipe is { } recipe ? $"&recipe={Uri.EscapeDataString(recipe)}" : "")}";
}
