namespace Recipes.Testing;

/// <summary>One line of the sandbox CRM's own record of who did what.</summary>
/// <param name="At">When, in UTC.</param>
/// <param name="Account">The account it was done as; null when the caller was not known.</param>
/// <param name="Via">How the caller showed who they are, for example a token, basic, an API key or a session.</param>
/// <param name="App">The connected app or key it was done with, if any.</param>
/// <param name="Status">The HTTP status answered.</param>
public sealed record CrmActivity(DateTimeOffset At, string? Account, string? Via, string? App, string Method, string Path, int Status, string? Summary);
