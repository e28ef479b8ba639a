using System.Globalization;

namespace Recipes.Connectors;

/// <summary>What the field is that a cursor is the maximum of.</summary>
internal enum MarkType
{
    /// <summary>ISO 8601.</summary>
    Date,
    /// <summary>Seconds since 1970, perhaps with a fraction.</summary>
    UnixTime,
    UnixMilliseconds,
    Number,
    /// <summary>Ordered character by character.</summary>
    Text,
}

/// <summary>One value of such a field.</summary>
/// <param name="Number">Ticks of a date; 0 for text.</param>
internal readonly record struct CursorMark(MarkType Type, decimal Number, string? Text) : IComparable<CursorMark>
{
    private static readonly TimeSpan s_longestAhead = TimeSpan.FromDays(1);

    /// <summary>False when the value is no such thing.</summary>
    public static bool TryRead(MarkType type, object? value, out CursorMark mark)
    {
        mark = default;
        switch (type)
        {
            case MarkType.Date when PlainComparer.TryDate(value, out var date):
                mark = new(type, date.UtcTicks, null);
                return true;
            case MarkType.Text when value is string { Length: > 0 } text:
                mark = new(type, 0, text);
                return true;
            case MarkType.UnixTime or MarkType.UnixMilliseconds or MarkType.Number when PlainComparer.TryNumber(value, out var exact, out _) && exact is { } number:
                mark = new(type, number, null);
                return true;
            default:
                return false;
        }
    }

    /// <summary>A moment; null for what does not tell the time.</summary>
    public static CursorMark? Of(MarkType type, DateTimeOffset moment) => type switch
    {
        MarkType.Date => new(type, moment.UtcTicks, null),
        // A second that has begun belongs to what comes: a record too many is better than one too few.
        MarkType.UnixTime => new(type, moment.ToUnixTimeSeconds(), null),
        MarkType.UnixMilliseconds => new(type, moment.ToUnixTimeMilliseconds(), null),
        _ => null,
    };

    /// <summary>As much before; text stays as it is.</summary>
    /// <param name="amount">Seconds for times.</param>
    public CursorMark Before(decimal amount) => Type switch
    {
        MarkType.Date => this with { Number = Math.Max(0, Number - amount * TimeSpan.TicksPerSecond) },
        MarkType.UnixMilliseconds => this with { Number = Number - amount * 1000 },
        MarkType.Text => this,
        _ => this with { Number = Number - amount },
    };

    /// <summary>Whether it lies so far ahead that it is wrong: a cursor moved there would leave out all that comes until then.</summary>
    public bool IsAhead(DateTimeOffset now) => Of(Type, now + s_longestAhead) is { } latest && this > latest;

    public int CompareTo(CursorMark other) => Type == MarkType.Text ? string.CompareOrdinal(Text, other.Text) : Number.CompareTo(other.Number);

    /// <summary>As requests send it: a date in UTC with milliseconds, cut off and not rounded; seconds and milliseconds whole.</summary>
    public object ToPlain() => Type switch
    {
        MarkType.Date => Date("yyyy-MM-ddTHH:mm:ss.fffZ"),
        MarkType.Text => Text!,
        MarkType.UnixTime or MarkType.UnixMilliseconds => (long)Math.Floor(Number),
        _ => Number == Math.Floor(Number) && Number is >= long.MinValue and <= long.MaxValue ? (long)Number : Number,
    };

    /// <summary>As it is stored: exact, and read again by <see cref="TryRead"/>.</summary>
    public object ToStored() => Type switch
    {
        MarkType.Date => Date("yyyy-MM-ddTHH:mm:ss.fffffffZ"),
        MarkType.Text => Text!,
        _ => Number,
    };

    public static bool operator <(CursorMark left, CursorMark right) => left.CompareTo(right) < 0;

    public static bool operator >(CursorMark left, CursorMark right) => left.CompareTo(right) > 0;

    public static bool operator <=(CursorMark left, CursorMark right) => left.CompareTo(right) <= 0;

    public static bool operator >=(CursorMark left, CursorMark right) => left.CompareTo(right) >= 0;

    private string Date(string format) => new DateTime((long)Number, DateTimeKind.Utc).ToString(format, CultureInfo.InvariantCulture);
}
