namespace Recipes.Connections;

/// <summary>What came of a refresh: exactly one of the two.</summary>
/// <param name="Fresh">The connection with a credential that is not the one refused.</param>
/// <param name="Failure">Why there is none.</param>
internal readonly record struct RefreshResult(ConnectionSnapshot? Fresh, Failure? Failure);
