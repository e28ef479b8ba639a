namespace Recipes.Connections;

/// <summary>A further value of an answer, kept as a secret: <c>values.name</c> in the calls after it, <c>tokens.name</c> once logged in.</summary>
/// <param name="Pattern">What it must match as a whole; one that does not is none.</param>
/// <param name="Required">Whether the login fails without it.</param>
public sealed record LoginCapture(string Name, ReplyValue From, ValuePattern? Pattern, bool Required);
