using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>A connection was lost, or works again.</summary>
/// <param name="Number">Counts up, but may become visible out of order by the length of a transaction.</param>
public sealed record ConnectionNews(long Number, Alert Alert);
