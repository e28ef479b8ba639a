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
        var next = NextPages.Find(_rules, answer, list.Count, _pages, _items.Count, address, _origin, response);
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
}
