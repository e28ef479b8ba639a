using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>The pages of one execution of an action: gathers the items and says what to ask for next.</summary>
internal sealed class Pages
{
    private readonly PageRules _rules;
    private readonly Uri _origin;
    private readonly int _limit;
    private readonly List<object?> _items = [];
    private readonly HashSet<string> _seen = [];
    private int _pages;
    private bool _more;

    /// <param name="limit">Items that are wanted at most.</param>
    public Pages(PageRules rules, Uri origin, long limit) => (_rules, _origin, _limit) = (rules, origin, (int)Math.Clamp(limit, 1, PageRules.MostItems));

    /// <summary>Takes the items of a page; what to ask for next, or null when there is no more or it is enough.</summary>
    /// <exception cref="InvalidDataException">The app names a next page that may not be asked for, or one that was read already.</exception>
    public NextPage? Take(Answer answer, object? items, Uri address, HttpResponseMessage response)
    {
        var list = items as IReadOnlyList<object?> ?? [];
        _pages++;
        _items.AddRange(list);
        var next = Next(answer, list.Count, address, response);
        _more = next is not null || _items.Count > _limit;
        if (next is null || _items.Count >= _limit || _pages >= _rules.MaximumPages)
            return null;
        return _seen.Add(next.ToString()) ? next : throw new InvalidDataException("The app named the same next page twice, so the list has no end.");
    }

    /// <summary>The outputs of the last page, with all items in place of its own.</summary>
    public IReadOnlyDictionary<string, object?> Output(IReadOnlyDictionary<string, object?> last)
    {
        if (_items.Count > _limit)
            _items.RemoveRange(_limit, _items.Count - _limit);
        return new Dictionary<string, object?>(last) { ["items"] = _items, ["count"] = (long)_items.Count, [PageRules.MoreOutput.Name] = _more };
    }

    private NextPage? Next(Answer answer, int count, Uri address, HttpResponseMessage response)
    {
        if (_rules.More is { } more && !PlainComparer.IsTrue(Read(answer.Body, more)))
            return null;
        return _rules.Kind switch
        {
            PaginationKind.Cursor => Read(answer.Body, _rules.Path) is { } cursor && PlainText.Of(cursor) is { Length: > 0 } ? Parameter(cursor) : null,
            PaginationKind.Page => IsLast(count) ? null : Parameter((long)(_rules.First + _pages)),
            PaginationKind.Offset => IsLast(count) ? null : Parameter((long)(_rules.First + _items.Count)),
            PaginationKind.Link => Address(LinkHeader.Next(response), address),
            PaginationKind.NextUrl => Address(Read(answer.Body, _rules.Path) as string, address),
            _ => throw new InvalidOperationException($"There is no pagination {_rules.Kind}."),
        };
    }

    private bool IsLast(int count) => count == 0 || count < _rules.Size;

    private NextPage.Parameter Parameter(object value) => new(_rules.Parameter!, value, _rules.InBody);

    // What an answer says goes into an address only at the connection's own origin.
    private NextPage.Address? Address(string? target, Uri address)
    {
        if (string.IsNullOrEmpty(target))
            return null;
        if (!Uri.TryCreate(address, target, out var next) || next.Scheme != _origin.Scheme || next.Authority != _origin.Authority || next.UserInfo.Length > 0)
            throw new InvalidDataException($"The app named a next page that is not at {_origin.GetLeftPart(UriPartial.Authority)}, so it was not asked for.");
        return new(next);
    }

    private static object? Read(object? value, IReadOnlyList<string> path)
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
}
