using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Finds out what to ask for after a page.</summary>
internal static class NextPages
{
    /// <summary>Null when that page was the last.</summary>
    /// <param name="count">Items of that page.</param>
    /// <param name="pages">How many pages there were, that one included.</param>
    /// <param name="items">How many items there were, its own included.</param>
    /// <param name="address">Absolute, of that page.</param>
    /// <param name="origin">The connection's base address.</param>
    /// <exception cref="InvalidDataException">The app names a next page that may not be asked for.</exception>
    public static NextPage? Find(PageRules rules, Answer answer, int count, int pages, long items, Uri address, Uri origin, HttpResponseMessage response)
    {
        if (rules.More is { } more && !PlainComparer.IsTrue(Read(answer.Body, more)))
            return null;
        return rules.Kind switch
        {
            PaginationKind.Cursor => Read(answer.Body, rules.Path) is { } cursor && PlainText.Of(cursor) is { Length: > 0 } ? Parameter(rules, cursor) : null,
            PaginationKind.Page => IsLast(rules, count) ? null : Parameter(rules, (long)(rules.First + pages)),
            PaginationKind.Offset => IsLast(rules, count) ? null : Parameter(rules, rules.First + items),
            PaginationKind.Link => LinkHeader.Next(response) is { Length: > 0 } target ? Address(target, address, origin) : null,
            PaginationKind.NextUrl => Read(answer.Body, rules.Path) is string { Length: > 0 } target ? Address(target, address, origin) : null,
            _ => throw new InvalidOperationException($"There is no pagination {rules.Kind}."),
        };
    }

    /// <summary>An address that an answer names. It is asked at the connection's own origin only.</summary>
    /// <exception cref="InvalidDataException">It is elsewhere.</exception>
    public static NextPage.Address Address(string target, Uri address, Uri origin)
    {
        if (!Uri.TryCreate(address, target, out var next) || next.Scheme != origin.Scheme || next.Authority != origin.Authority || next.UserInfo.Length > 0)
            throw new InvalidDataException($"The app named a next page that is not at {origin.GetLeftPart(UriPartial.Authority)}, so it was not asked for.");
        return new(next);
    }

    /// <summary>The value at a path of an answer, where <c>last</c> is the last item of a list; null when there is none.</summary>
    public static object? Read(object? value, IReadOnlyList<string> path)
    {
        foreach (var segment in path)
        {
            if (segment == "last" && value is IReadOnlyList<object?> list)
                value = list.Count == 0 ? null : list[^1];
            else if (!PlainMembers.TryRead(value, segment, out value))
                return null;
        }

        return value;
    }

    private static bool IsLast(PageRules rules, int count) => count == 0 || count < rules.Size;

    private static NextPage.Parameter Parameter(PageRules rules, object value) => new(rules.Parameter!, value, rules.InBody);
}
