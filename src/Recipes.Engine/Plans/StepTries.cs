namespace Recipes.Engine;

/// <summary>What came of sending one step's action so far; it outlives the node that sends.</summary>
/// <param name="Count">Attempts made.</param>
/// <param name="Holds">How often in a row its connection could not be used.</param>
/// <param name="FirstAt">When the first attempt began.</param>
/// <param name="IsDoubtful">Whether one of them may have been done.</param>
/// <param name="IsUnderWay">Whether an attempt was about to be sent when this was stored: what became of it is not known.</param>
internal readonly record struct StepTries(int Count, int Holds, DateTimeOffset FirstAt, bool IsDoubtful, bool IsUnderWay);
