namespace Recipes.Connectors;

/// <summary>How an app parts a long list.</summary>
internal enum PaginationKind
{
    /// <summary>The answer holds a mark that the next request repeats.</summary>
    Cursor,
    /// <summary>Pages have numbers.</summary>
    Page,
    /// <summary>The next request says how many items to skip.</summary>
    Offset,
    /// <summary>The header Link names the next address.</summary>
    Link,
    /// <summary>The answer holds the next address.</summary>
    NextUrl,
}
