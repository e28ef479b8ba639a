namespace Recipes.Connections;

/// <summary>One time that a sweep ran on this node.</summary>
/// <param name="Failed">Whether it threw; the log says what.</param>
public sealed record SweepRun(DateTimeOffset StartedAt, DateTimeOffset EndedAt, bool Failed);
