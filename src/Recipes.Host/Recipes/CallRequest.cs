using System.Text.Json;

namespace Recipes.Host;

/// <summary>A call of a recipe.</summary>
/// <param name="Input">Values by name of the recipe's inputs.</param>
/// <param name="RuntimeUser">The user whose own connections act; left out for the caller. Naming another takes a privilege.</param>
/// <param name="Connections">Connection ids by stable key, to use exactly these.</param>
/// <param name="Wait">Whether to answer when the run has ended (the default) or as soon as it is accepted.</param>
public sealed record CallRequest(IReadOnlyDictionary<string, JsonElement>? Input, string? RuntimeUser, IReadOnlyDictionary<string, Guid>? Connections, bool? Wait);
