namespace Recipes.Engine;

/// <summary>Where a run stands that can be gone on with, and with what data; as it was stored last.</summary>
/// <param name="Step">The step that is next, under way, waits or is held; null where none is, or where the run has ended.</param>
/// <param name="Variables">Variables of the recipe that was called, by name, as plain data.</param>
/// <param name="Outputs">What steps of the recipe that was called have left, by the id of their activity, as plain data.</param>
public sealed record RunStanding(RunPlace? Step, IReadOnlyDictionary<string, object?> Variables, IReadOnlyDictionary<string, object?> Outputs);

/// <summary>A step that a run has come to.</summary>
/// <param name="Depth">As of <see cref="JournalEntry.Depth"/>.</param>
/// <param name="Step">Its name.</param>
/// <param name="Since">When it was begun; null when it was not yet.</param>
/// <param name="Tries">How often it was tried.</param>
public sealed record RunPlace(string Recipe, int Depth, string ActivityId, string Step, string Type, DateTimeOffset? Since, int Tries);
