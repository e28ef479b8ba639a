namespace Recipes.Connections;

/// <summary>A call made once a credential is there, to fill fields of the connection from its answer.</summary>
/// <param name="Method">Usually GET.</param>
/// <param name="Address">Absolute, or a path below the base address; a field that an earlier call filled may be in it.</param>
/// <param name="AccountLabel">Dotted path in the JSON answer that names the account, for people; null when there is none.</param>
public sealed record FollowUp(HttpMethod Method, FieldTemplate Address, IReadOnlyList<Capture> Captures, string? AccountLabel = null);
