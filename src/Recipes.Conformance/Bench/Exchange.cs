namespace Recipes.Conformance;

/// <summary>One request and what it got.</summary>
/// <param name="Reply">Null where the connection was cut or nothing came in time.</param>
internal sealed record Exchange(Door Door, ReceivedRequest Request, StandInReply? Reply);
