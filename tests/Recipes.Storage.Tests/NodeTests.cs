using Recipes.Testing;

namespace Recipes.Storage.Tests;

public sealed class NodeTests
{
    [Fact]
    public void A_node_that_could_not_reach_the_database_holds_nobody_for_gone_until_a_lease_after_it_could()
    {
        var clock = new TestClock();
        var lease = TimeSpan.FromSeconds(30);
        var node = new Node(clock);
        var alone = node.MayJudge;

        node.Shown(lease);
        clock.Advance(TimeSpan.FromSeconds(15));
        var inTime = node.MayJudge;
        clock.Advance(TimeSpan.FromSeconds(1));
        var silent = node.MayJudge;
        node.Shown(lease);
        var back = node.MayJudge;
        clock.Advance(TimeSpan.FromSeconds(14));
        node.Shown(lease);
        clock.Advance(TimeSpan.FromSeconds(15));
        node.Shown(lease);
        var early = node.MayJudge;
        clock.Advance(TimeSpan.FromSeconds(1));

        (alone, inTime, silent, back, early, node.MayJudge).ShouldBe((true, true, false, false, false, true));
    }
}
