namespace Recipes.Connectors;

/// <summary>How a poll knows where the last one ended.</summary>
internal enum CursorKind
{
    /// <summary>The largest value of a field that grows: a time, a number.</summary>
    Maximum,
    /// <summary>The id of the newest record.</summary>
    LastId,
    /// <summary>A mark that the app gives for the next poll.</summary>
    Token,
}

/// <summary>How a poll knows where the last one ended.</summary>
/// <param name="Path">Into a record for <see cref="CursorKind.Maximum"/> and <see cref="CursorKind.LastId"/>, into the answer for <see cref="CursorKind.Token"/>.</param>
/// <param name="Overlap">How far before the cursor a poll asks again, for what becomes visible late; in units of the type, seconds for times.</param>
/// <param name="IsAddress">Whether the token is the address to ask next time.</param>
/// <param name="More">Where the answer says whether there is more after this token or id; null where it does not.</param>
/// <param name="IsSent">Whether the app is told the cursor; otherwise older records are left out here.</param>
internal sealed record CursorRules(CursorKind Kind, IReadOnlyList<string> Path, MarkType Type, decimal Overlap, bool IsAddress, IReadOnlyList<string>? More, bool IsSent)
{
    /// <summary>Of times, in seconds, where a file says nothing.</summary>
    public const int UsualOverlap = 60;
}

/// <summary>How an app sorts its list.</summary>
internal enum ListOrder
{
    Unknown,
    /// <summary>Oldest first, by the cursor's field.</summary>
    Ascending,
    /// <summary>Newest first, by the cursor's field.</summary>
    Descending,
}

/// <summary>How the pages of a poll are read.</summary>
/// <param name="List">Where the answer holds the records.</param>
/// <param name="Pages">Null where the app gives one page.</param>
internal sealed record PollRules(IReadOnlyList<string> List, bool IsXml, ListOrder Order, RecordMapping Records, CursorRules Cursor, PageRules? Pages);
