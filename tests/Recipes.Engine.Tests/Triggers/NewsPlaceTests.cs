using Recipes.Connections;

namespace Recipes.Engine.Tests.Triggers;

public sealed class NewsPlaceTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_loss_that_may_be_part_of_an_outage_is_told_when_it_may_be_and_is_not_passed_over()
    {
        var (a, b) = (Guid.NewGuid(), Guid.NewGuid());
        ConnectionNews[] news = [News(1, a, AlertKind.Lost, -90, tellFrom: 30), News(2, b, AlertKind.Lost, -80), News(3, a, AlertKind.Recovered, -70)];

        var (first, waits) = new NewsPlace(0, []).Read(news, 10, s_now);
        var (second, over) = waits.Read(news, 10, s_now.AddSeconds(31));
        var (third, settled) = over.Read(news, 10, s_now.AddSeconds(200));

        (Numbers(first), waits.After).ShouldBe(("2", 0));
        (Numbers(second), over.After).ShouldBe(("1 3", 0));
        (Numbers(third), settled.After, settled.Seen.Count).ShouldBe(("", 3, 0));
    }

    [Fact]
    public void A_loss_that_is_withdrawn_is_never_told_however_many_there_are()
    {
        ConnectionNews[] news = [.. Enumerable.Range(1, 10).Select(i => News(i, Guid.NewGuid(), AlertKind.Lost, -100, tellFrom: 20))];

        var (full, waits) = new NewsPlace(0, []).Read(news, 10, s_now);
        var (later, next) = waits.Read([News(11, Guid.NewGuid(), AlertKind.Lost, 40)], 10, s_now.AddSeconds(41));

        (full.Count, waits.After, waits.Seen.Count).ShouldBe((0, 0, 0));
        (Numbers(later), next.After).ShouldBe(("11", 0));
    }

    private static string Numbers(IReadOnlyList<ConnectionNews> news) => string.Join(' ', news.Select(n => n.Number));

    private static ConnectionNews News(long number, Guid connection, AlertKind kind, int seconds, int? tellFrom = null) => new(number, new()
    {
        Id = Guid.NewGuid(),
        Tenant = TenantId.Default,
        Definition = new(Guid.Empty),
        Connection = new(connection),
        Kind = kind,
        At = s_now.AddSeconds(seconds),
        TellFrom = tellFrom is { } from ? s_now.AddSeconds(from) : null,
    });
}
