using Recipes.Connections;
using Recipes.Connectors;

namespace Recipes.Engine.Tests.Triggers;

public sealed class PollingTests
{
    [Fact]
    public async Task With_other_inputs_or_another_connection_it_begins_anew_and_the_same_ids_are_other_records()
    {
        using var bench = new TriggerBench();
        var asked = new List<(string? Cursor, FirstPoll First, TimeSpan At)>();
        var start = bench.Clock.GetUtcNow();
        bench.Kitchen.Actions.Things.Answer = (_, cursor, first, now) =>
        {
            asked.Add((cursor, first, now - start));
            return new PollAnswer.Page([new("r1", new Dictionary<string, object?>())], $$"""{"at":{{asked.Count}}}""", false);
        };
        var (one, other) = (new ConnectionId(Guid.NewGuid()), new ConnectionId(Guid.NewGuid()));

        async Task<(string? Cursor, FirstPoll First, TimeSpan At, int Runs, bool SaysSo)> PollAsync(string kind, ConnectionId connection)
        {
            bench.Clock.Advance(TimeSpan.FromMinutes(5));
            var poll = new PlannedTrigger.Poll("start", "start", bench.Kitchen.Actions.Things, StableKey.Parse("crm"), TimeSpan.FromMinutes(5), FirstPoll.All) { Inputs = new Dictionary<string, object?> { ["kind"] = kind } };
            await new Polling(bench.Kitchen.Clients, bench.HandOver, null!, bench.Clock).RunAsync(bench.Turn(), TriggerBench.Operator, poll, connection, default);
            var (cursor, first, at) = asked[^1];
            return (cursor, first, at, bench.Runs, bench.Store.Trigger.LastResult!.Message.Contains("began anew"));
        }

        (await PollAsync("a", one)).ShouldBe((null, FirstPoll.All, TimeSpan.Zero, 1, false));
        (await PollAsync("a", one)).ShouldBe(("""{"at":1}""", FirstPoll.All, TimeSpan.FromMinutes(10), 1, false));
        (await PollAsync("b", one)).ShouldBe((null, FirstPoll.Now, TimeSpan.FromMinutes(15), 2, true));
        (await PollAsync("b", one)).ShouldBe(("""{"at":3}""", FirstPoll.All, TimeSpan.FromMinutes(20), 2, false));
        (await PollAsync("b", other)).ShouldBe((null, FirstPoll.Now, TimeSpan.FromMinutes(25), 3, true));
    }
}
