using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>How far the news of connections are told.</summary>
/// <param name="After">Everything up to this number is done.</param>
/// <param name="Seen">What is done after it.</param>
internal sealed record NewsPlace(long After, IReadOnlyList<long> Seen)
{
    // Longer than any transaction: what becomes visible out of order does so within this time.
    private static readonly TimeSpan s_settled = TimeSpan.FromMinutes(1);

    /// <summary>What of a page is to be told now, and the place once it was. A loss that may still turn out to be part of an outage waits, and so does what follows it on the same connection.</summary>
    /// <param name="news">All after <see cref="After"/>, or the first <paramref name="most"/> of them.</param>
    public (IReadOnlyList<ConnectionNews> Fresh, NewsPlace Next) Read(IReadOnlyList<ConnectionNews> news, int most, DateTimeOffset now)
    {
        var (told, waiting, firstWaiting) = (new List<ConnectionNews>(), new HashSet<ConnectionId>(), long.MaxValue);
        foreach (var one in news)
        {
            if (one.Alert.TellFrom > now || waiting.Contains(one.Alert.Connection!.Value))
            {
                waiting.Add(one.Alert.Connection!.Value);
                firstWaiting = Math.Min(firstWaiting, one.Number);
            }
            else
            {
                told.Add(one);
            }
        }

        var done = news.TakeWhile(n => n.Number < firstWaiting).ToList();
        var settled = done.TakeWhile(n => (n.Alert.TellFrom > n.Alert.At ? n.Alert.TellFrom : n.Alert.At) < now - s_settled).ToList();
        // Where a whole page is younger than that, what is seen of it is too long to be kept: it goes on after it.
        if (news.Count == most && settled.Count == 0)
            settled = done;
        var after = settled.Count > 0 ? settled[^1].Number : After;
        var seen = Seen.ToHashSet();
        return ([.. told.Where(n => !seen.Contains(n.Number))], new(after, [.. told.Select(n => n.Number).Where(n => n > after)]));
    }
}
