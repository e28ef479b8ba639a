namespace Recipes.Connections;

/// <summary>What a refused credential means for its connection, given what else its provider refuses. The default is a refusal that stands for itself.</summary>
/// <param name="RefusedBy">Who refused; null where that says nothing about other connections.</param>
/// <param name="HeldBy">The open incident that keeps it from being a verdict; null when there is none.</param>
/// <param name="TellFrom">Until when the alert waits, because others may follow that make an incident of it; null tells at once.</param>
/// <param name="IsTold">Whether one alert has told of it, with many others.</param>
public readonly record struct Verdict(Provider? RefusedBy = null, Guid? HeldBy = null, DateTimeOffset? TellFrom = null, bool IsTold = false);
