using System.Text.Json;

namespace Recipes.Host;

/// <summary>Has the step that failed done again.</summary>
/// <param name="Inputs">Inputs of that step that are put right, by name; left out for the same as before.</param>
public sealed record RunRetryRequest(IReadOnlyDictionary<string, JsonElement>? Inputs);

/// <summary>Says that the step in doubt was done.</summary>
/// <param name="Output">What it would have brought, by name, for the steps behind it; left out for nothing.</param>
public sealed record RunDoneRequest(IReadOnlyDictionary<string, JsonElement>? Output);

/// <param name="Runs">How many runs it was.</param>
public sealed record RunsChangedReply(int Runs);
