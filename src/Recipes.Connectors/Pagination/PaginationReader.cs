using System.Globalization;

namespace Recipes.Connectors;

/// <summary>Reads how an action goes on to the next page.</summary>
internal static class PaginationReader
{
    private static readonly Dictionary<string, PaginationKind> s_kinds =
        Enum.GetValues<PaginationKind>().ToDictionary(kind => char.ToLowerInvariant(kind.ToString()[0]) + kind.ToString()[1..]);

    private static readonly Dictionary<string, bool> s_places = new() { ["query"] = false, ["body"] = true };

    public static IReadOnlyCollection<string> Kinds => s_kinds.Keys;

    /// <summary>The member <c>pagination</c> of an action or a trigger; null when it has none.</summary>
    public static PageRules? Read(YamlMap action)
    {
        if (action.Map("pagination", Shape.Pagination) is not { } map)
            return null;
        var kind = map.Choice("kind", s_kinds, PaginationKind.Link, required: true);
        var (byParameter, byPath) = (kind is PaginationKind.Cursor or PaginationKind.Page or PaginationKind.Offset, kind is PaginationKind.Cursor or PaginationKind.NextUrl);
        var parameter = map.Text("parameter", required: byParameter);
        var path = map.Text("path", required: byPath);
        if (!byParameter && (parameter is not null || map.Has("in")))
            map.Fault(parameter is null ? "in" : "parameter", "the next address says all: 'parameter' and 'in' go with cursor, page and offset.");
        if (!byPath && path is not null)
            map.Fault("path", "'path' goes with cursor and nextUrl.");
        if (kind is not (PaginationKind.Page or PaginationKind.Offset) && (map.Has("first") || map.Has("size")))
            map.Fault(map.Has("first") ? "first" : "size", "'first' and 'size' go with page and offset.");
        if (!action.Has("list") && action.Map("response", null)?.Has("list") != true)
            map.File.Fault(map.Node, "pages are made of a list: say where it is ('list').");
        return new(
            kind, parameter, map.Choice("in", s_places, false), path is null ? [] : DottedPath.Parse(path), map.Text("more") is { } more ? DottedPath.Parse(more) : null,
            Number(map, "first", 0) ?? (kind == PaginationKind.Page ? 1 : 0), Number(map, "size", 1), Number(map, "maximumPages", 1) is { } pages ? Math.Min(pages, 1000) : 50);
    }

    private static int? Number(YamlMap map, string key, int least)
    {
        if (map.Text(key) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= 10_000)
            return number;
        map.Fault(key, $"'{key}' should be a whole number from {least} to 10000, not '{text}'.");
        return null;
    }
}
