using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Recipes.Connectors;

/// <summary>What a cursor holds between two pages. Plain JSON, that people can read.</summary>
internal sealed record PollState
{
    /// <summary>Most ids that are remembered. Beyond it the ids of runs alone keep a record from starting two.</summary>
    private const int MostSeen = 2000;

    /// <summary>Where the polls have got to: a stored mark, an id or a token. It never goes back.</summary>
    public object? At { get; init; }

    /// <summary>The furthest that the pages of this sweep have shown; it counts once the last was read, because pages come in any order.</summary>
    public object? Top { get; init; }

    /// <summary>Whether this sweep only finds out what there is already.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>In a baseline: what is later than this came after all. Null where only the end of the sweep tells.</summary>
    public object? Floor { get; init; }

    /// <summary>Short hashes of ids that are handed over already and may come again, with their marks.</summary>
    public IReadOnlyDictionary<string, object?> Seen { get; init; } = new Dictionary<string, object?>();

    /// <summary>How to ask for the next page; null at the start of a sweep.</summary>
    public object? Page { get; init; }

    /// <summary>Pages and items of this sweep so far.</summary>
    public int Pages { get; init; }
    public long Items { get; init; }

    /// <summary>Whether this sweep asks from the cursor itself, without the overlap: it is one of several.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Hash of the ids of the page before.</summary>
    public string? Before { get; init; }

    /// <summary>Pages without a record one after another, since a pause was last made because of them.</summary>
    public int Empty { get; init; }

    /// <summary>Whether this sweep began anew because the app did not know a page any more.</summary>
    public bool BeganAnew { get; init; }

    /// <summary>A short hash of an id.</summary>
    public static string Short(string id) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 12));

    /// <summary>Null when it was not written by <see cref="Write"/>.</summary>
    public static PollState? Read(string cursor)
    {
        try
        {
            return PlainData.Parse(cursor) is IReadOnlyDictionary<string, object?> map ? new PollState
            {
                At = map.GetValueOrDefault("at"),
                Top = map.GetValueOrDefault("top"),
                IsBaseline = map.GetValueOrDefault("baseline") is true,
                Floor = map.GetValueOrDefault("floor"),
                Seen = map.GetValueOrDefault("seen") as IReadOnlyDictionary<string, object?> ?? new Dictionary<string, object?>(),
                Page = map.GetValueOrDefault("page"),
                Pages = map.GetValueOrDefault("pages") is long pages ? (int)pages : 0,
                Items = map.GetValueOrDefault("items") is long items ? items : 0,
                GoesOn = map.GetValueOrDefault("goesOn") is true,
                Before = map.GetValueOrDefault("before") as string,
                Empty = map.GetValueOrDefault("empty") is long empty ? (int)empty : 0,
                BeganAnew = map.GetValueOrDefault("beganAnew") is true,
            } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string Write()
    {
        var map = new Dictionary<string, object?>();
        void Add(string name, object? value, bool counts)
        {
            if (counts)
                map[name] = value;
        }

        Add("at", At, At is not null);
        Add("top", Top, Top is not null);
        Add("baseline", true, IsBaseline);
        Add("floor", Floor, Floor is not null);
        Add("seen", Seen, Seen.Count > 0);
        Add("page", Page, Page is not null);
        Add("pages", (long)Pages, Pages > 0);
        Add("items", Items, Items > 0);
        Add("goesOn", true, GoesOn);
        Add("before", Before, Before is not null);
        Add("empty", (long)Empty, Empty > 0);
        Add("beganAnew", true, BeganAnew);
        return PlainData.ToJson(map);
    }

    /// <summary>Those of <paramref name="seen"/> that may come again, the latest first where there are too many.</summary>
    /// <param name="least">What is asked for from now on; null means everything.</param>
    public static Dictionary<string, object?> Keep(Dictionary<string, CursorMark> seen, CursorMark? least) => seen
        .Where(s => least is null || s.Value >= least.Value).OrderByDescending(s => s.Value).Take(MostSeen).ToDictionary(s => s.Key, object? (s) => s.Value.ToStored());
}
