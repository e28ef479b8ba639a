using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Polls any list of an app. Every connector has it.</summary>
internal sealed class NewRecordsTrigger(string typePrefix, ConnectorProfile connector) : HttpPollTrigger
{
    public const string TriggerName = "NewRecords";

    private static readonly Dictionary<string, PaginationKind> s_pages = Enum.GetValues<PaginationKind>().ToDictionary(k => k.ToString().ToLowerInvariant());
    private static readonly Dictionary<string, MarkType> s_types = Enum.GetValues<MarkType>().ToDictionary(k => char.ToLowerInvariant(k.ToString()[0]) + k.ToString()[1..]);

    private static readonly IReadOnlyList<ActionInput> s_inputs =
    [
        new() { Name = "path", Label = "Path of the list", Required = true, Help = "Below the connector's base address, or an absolute address of the same app.", Example = "/items" },
        new() { Name = "query", Label = "Query", Type = ValueType.Object, Help = "Parameters by name; null is left out, a list repeats its name." },
        new() { Name = "recordsPath", Label = "Where the records are", Default = ".", Help = "Dotted path in the answer; a single dot means that the answer itself is the list.", Example = "data.items" },
        new() { Name = "idPath", Label = "Where a record's id is", Default = "id", Help = "Dotted path in the record." },
        new() { Name = "versionPath", Label = "Where a record's version is", Help = "Dotted path in the record, to something that differs after every change. Then changed records come again; empty for new ones only.", Example = "updatedAt" },
        new() { Name = "cursorPath", Label = "Which field grows", Required = true, Help = "Dotted path in the record: a time or number that is larger the newer the record.", Example = "createdAt" },
        new() { Name = "cursorType", Label = "What that field is", Default = "date", Choices = [.. s_types.Keys] },
        new() { Name = "cursorParameter", Label = "Parameter for the field", Help = "Query parameter by which the app gives only what is at least as new. Empty where it has none: the whole list is read each time.", Example = "since" },
        new() { Name = "overlap", Label = "Overlap", Type = ValueType.Number, Help = "How far before the newest record is asked again, for records that show up late: seconds of times (60 by default), else in units of the field (0)." },
        new() { Name = "sorted", Label = "How the list is sorted", Default = "unknown", Choices = ["unknown", "ascending", "descending"], Help = "By that field: descending is newest first." },
        new() { Name = "pages", Label = "How further pages are asked for", Default = "none", Choices = ["none", .. s_pages.Keys] },
        new() { Name = "pageParameter", Label = "Parameter for the page", Help = "For page, offset and cursor." },
        new() { Name = "pagePath", Label = "Where the next page is named", Help = "For cursor and nexturl: dotted path in the answer." },
        new() { Name = "pageSize", Label = "Records of a full page", Type = ValueType.Number, Help = "For page and offset: a page with fewer is the last." },
    ];

    public override string Type { get; } = $"{typePrefix}.{TriggerName}";
    public override string DisplayName => "New records";
    public override string? Description => $"Starts with each new record of any list of {connector.DisplayName}.";
    public override ConnectorProfile Connector => connector;
    public override IReadOnlyList<ActionInput> Inputs => s_inputs;
    public override IReadOnlyList<ActionOutput> Outputs { get; } = [RecordMapping.Whole];
    public override TimeSpan Every => TimeSpan.FromMinutes(5);

    protected override PollRules RulesOf(IReadOnlyDictionary<string, object?> inputs)
    {
        var type = s_types[(string)inputs["cursorType"]!];
        var overlap = inputs["overlap"] is { } given ? PlainComparer.TryNumber(given, out var exact, out _) && exact is >= 0 and <= 1_000_000_000 ? exact.Value
            : throw new InputException("The input 'overlap' (Overlap) should be a number from 0 on.") : type is MarkType.Number or MarkType.Text ? 0 : CursorRules.UsualOverlap;
        var order = Enum.Parse<ListOrder>((string)inputs["sorted"]!, ignoreCase: true);
        var cursor = new CursorRules(CursorKind.Maximum, DottedPath.Parse((string)inputs["cursorPath"]!), type, overlap, false, null, Text(inputs, "cursorParameter") is not null);
        return new(DottedPath.Parse((string)inputs["recordsPath"]!), false, order, RecordMapping.Of((string)inputs["idPath"]!, Text(inputs, "versionPath")), cursor, Pages(inputs));
    }

    protected override HttpRequestMessage Build(ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, object? cursor, NextPage? page)
    {
        var query = new Dictionary<string, object?>(inputs["query"] as IReadOnlyDictionary<string, object?> ?? new Dictionary<string, object?>());
        if (Text(inputs, "cursorParameter") is { } parameter && cursor is not null)
            query[parameter] = cursor;
        if (page is NextPage.Parameter next)
            query[next.Name] = next.Value;
        return new(HttpMethod.Get, page is NextPage.Address { Uri: var address } ? address : RequestAddress.Create((string)inputs["path"]!, query));
    }

    private static PageRules? Pages(IReadOnlyDictionary<string, object?> inputs)
    {
        if (!s_pages.TryGetValue((string)inputs["pages"]!, out var kind))
            return null;
        var size = inputs["pageSize"] is { } given && PlainComparer.TryNumber(given, out var exact, out _) && exact is >= 1 and <= 10_000 ? (int?)exact : null;
        if (kind is PaginationKind.Cursor or PaginationKind.Page or PaginationKind.Offset && Text(inputs, "pageParameter") is null)
            throw new InputException("The input 'pageParameter' (Parameter for the page) is required for this way to ask for pages.");
        if (kind is PaginationKind.Cursor or PaginationKind.NextUrl && Text(inputs, "pagePath") is null)
            throw new InputException("The input 'pagePath' (Where the next page is named) is required for this way to ask for pages.");
        return new(kind, Text(inputs, "pageParameter"), false, Text(inputs, "pagePath") is { } path ? DottedPath.Parse(path) : [], null, kind == PaginationKind.Page ? 1 : 0, size, 1);
    }

    private static string? Text(IReadOnlyDictionary<string, object?> inputs, string name) => inputs[name] as string is { Length: > 0 } text ? text : null;
}
