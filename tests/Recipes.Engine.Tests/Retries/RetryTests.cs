using System.Text.Json.Nodes;
using Recipes.Connections;
using Recipes.Connectors;
using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests;

/// <summary>Which failures of a step are tried again, how often, and what becomes of those that may not be.</summary>
public sealed class RetryTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Theory]
    [InlineData(FailureKind.Unavailable)]
    [InlineData(FailureKind.RateLimited)]
    public async Task An_outage_that_passes_is_no_failure(FailureKind kind)
    {
        using var kitchen = new Kitchen().With("it", Quick(4));
        FailsFor(kitchen, 3, kind);

        var run = await kitchen.RunAsync("it");

        run.Status.ShouldBe(RunStatus.Completed);
        (run.Journal[0].Outcome, run.Journal[0].Tries, run.Journal[0].Failure).ShouldBe(("Done", 4, null));
    }

    [Fact]
    public async Task Once_the_attempts_are_used_up_the_failure_stands()
    {
        using var kitchen = new Kitchen().With("it", Quick(3));
        FailsFor(kitchen, int.MaxValue, FailureKind.Unavailable);

        var run = await kitchen.RunAsync("it");

        (run.Status, run.Failure!.Kind, run.Journal[0].Tries, kitchen.Actions.Create.Sent.Count).ShouldBe((RunStatus.Faulted, FailureKind.Unavailable, 3, 3));
    }

    [Theory]
    [InlineData(FailureKind.InsufficientPermissions)]
    [InlineData(FailureKind.ClientRejected)]
    [InlineData(FailureKind.Misconfigured)]
    [InlineData(FailureKind.Unknown)]
    public async Task What_was_refused_is_not_tried_again(FailureKind kind)
    {
        using var kitchen = new Kitchen().With("it", Quick(5));
        FailsFor(kitchen, int.MaxValue, kind);

        await kitchen.RunAsync("it");

        kitchen.Actions.Create.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_write_that_may_have_been_done_is_not_guessed_about_but_flagged()
    {
        using var kitchen = new Kitchen().With("it", Quick(5));
        FailsFor(kitchen, int.MaxValue, FailureKind.Unavailable, isDoubtful: true);

        var run = await kitchen.RunAsync("it");

        (run.Status, run.Failure!.IsDoubtful, kitchen.Actions.Create.Sent.Count).ShouldBe((RunStatus.Flagged, true, 1));
        run.Failure.Guidance.ShouldNotBeNull().ShouldContain("Look in the app");
        run.Journal[0].Failure!.IsDoubtful.ShouldBeTrue();
    }

    [Theory]
    [InlineData(FailureKind.Unavailable, RunStatus.Flagged)]
    [InlineData(FailureKind.Unknown, RunStatus.Flagged)]
    [InlineData(null, RunStatus.Completed)]
    public async Task What_the_app_knows_by_its_key_is_sent_again_and_stays_in_doubt_unless_it_succeeds(FailureKind? then, RunStatus expected)
    {
        using var kitchen = new Kitchen().With("it", Quick(2));
        var first = true;
        kitchen.Actions.Create.Answer = (_, _, _) =>
        {
            var kind = first ? FailureKind.Unavailable : then;
            var result = kind is null
                ? (ActionResult)new ActionResult.Succeeded(new Dictionary<string, object?>(), "POST /things", 201)
                : new ActionResult.Failed(new() { Kind = kind.Value, Message = "No.", IsDoubtful = first, At = s_now }, "POST /things", null) { MayRepeat = true };
            first = false;
            return ValueTask.FromResult(result);
        };

        var run = await kitchen.RunAsync("it");

        (run.Status, run.Journal[0].Tries).ShouldBe((expected, 2));
    }

    [Fact]
    public async Task A_doubt_outlives_the_host_that_stops_during_the_next_attempt()
    {
        using var kitchen = new Kitchen().With("it", Quick(3));
        kitchen.Actions.Create.TakesKeys = true;
        var (stopped, attempts) = (Task.CompletedTask, 0);
        kitchen.Actions.Create.Answer = async (_, _, stopping) =>
        {
            if (++attempts == 2)
            {
                stopped = kitchen.StopAsync();
                await Task.Delay(Timeout.Infinite, stopping);
            }

            var isDoubtful = attempts == 1;
            return new ActionResult.Failed(new() { Kind = isDoubtful ? FailureKind.Unavailable : FailureKind.InsufficientPermissions, Message = "No.", IsDoubtful = isDoubtful, At = s_now }, "POST /things", null) { MayRepeat = true };
        };

        var accepted = (await kitchen.Caller.CallAsync(new() { Caller = Kitchen.Rep, Recipe = "it" })).ShouldBeOfType<RecipeCallResult.Accepted>();
        await stopped;
        using var another = await kitchen.StartAnotherAsync();
        var run = await kitchen.UntilAsync(accepted.Run, r => r.EndedAt is not null);
        await another.StopAsync();

        (run.Status, run.Failure!.Message).ShouldBe((RunStatus.Flagged, "No."));
        run.Failure.Guidance.ShouldNotBeNull().ShouldContain("Look in the app");
        kitchen.Actions.Create.Keys.Distinct().ShouldHaveSingleItem().ShouldNotBeNull();
    }

    [Fact]
    public async Task A_recipe_can_go_on_with_a_doubt()
    {
        var chart = Flowchart([Create("make"), Say("sorry", "{{steps.make.failure.doubtful}}")], "make:Failed>sorry");
        using var kitchen = new Kitchen().With("it", Definition(chart));
        FailsFor(kitchen, int.MaxValue, FailureKind.Unavailable, isDoubtful: true);

        var run = await kitchen.RunAsync("it");

        run.Status.ShouldBe(RunStatus.Completed);
        run.Notes().ShouldBe(["true"]);
    }

    [Fact]
    public async Task A_step_says_otherwise_than_its_recipe()
    {
        var once = Create("once");
        once["customProperties"] = new JsonObject { ["Recipes"] = new JsonObject { ["retry"] = new JsonObject { ["attempts"] = 1 } } };
        using var kitchen = new Kitchen().With("it", WithRetry(Definition(Flowchart([once, Create("often")], "once:Failed>often")), """{ "attempts": 3, "first": "00:00:00.001" }"""));
        FailsFor(kitchen, int.MaxValue, FailureKind.Unavailable);

        var run = await kitchen.RunAsync("it");

        run.Journal.Select(e => (e.Step, e.Tries)).ShouldBe([("once", 1), ("often", 3)]);
    }

    [Theory]
    [InlineData("5", "retry is an object")]
    [InlineData("""{ "attempts": 0 }""", "attempts is a whole number from 1 (no retry) to 20")]
    [InlineData("""{ "attempts": "3" }""", "attempts is a whole number")]
    [InlineData("""{ "within": "02:00:00" }""", "within is a time of at most 1 hour")]
    [InlineData("""{ "first": 5 }""", "first is a time")]
    [InlineData("""{ "atempts": 5 }""", "Did you mean 'attempts'")]
    public async Task What_is_wrong_with_it_is_said_with_its_place(string retry, string expected)
    {
        using var kitchen = new Kitchen().With("it", WithRetry(Definition(Sequence(Create("make"))), retry));

        var result = await kitchen.Caller.CallAsync(new() { Caller = Kitchen.Rep, Recipe = "it" });

        var fault = result.ShouldBeOfType<RecipeCallResult.Broken>().Faults.ShouldHaveSingleItem();
        fault.Message.ShouldContain(expected);
        fault.Path.ShouldNotBeNull().ShouldStartWith("customProperties.Recipes.retry");
    }

    [Fact]
    public async Task A_key_names_a_step_of_a_run_however_often_it_is_tried()
    {
        using var kitchen = new Kitchen().With("it", WithRetry(Definition(Sequence(Create("one"), Create("two"))), """{ "attempts": 3, "first": "00:00:00.001" }"""));
        kitchen.Actions.Create.TakesKeys = true;
        FailsFor(kitchen, 2, FailureKind.Unavailable);

        await kitchen.RunAsync("it");
        await kitchen.RunAsync("it");

        var keys = kitchen.Actions.Create.Keys;
        keys[..3].Distinct().Count().ShouldBe(1);
        keys.ShouldAllBe(k => k != null);
        keys.Distinct().Count().ShouldBe(4);
    }

    [Theory]
    [InlineData(1, 0, 0.5, 1000)]
    [InlineData(2, 0, 0.5, 2000)]
    [InlineData(3, 0, 0, 3200)]
    [InlineData(3, 0, 1, 4800)]
    [InlineData(4, 0, 0.5, 5000)]
    [InlineData(4, 26, 0.5, null)]
    [InlineData(5, 0, 0.5, null)]
    public void Pauses_double_up_to_the_longest_and_end_in_time(int attempt, int spent, double chance, int? expected)
    {
        var rules = new RetryRules(5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));

        var pause = rules.PauseAfter(attempt, Outage(), mayRepeat: false, TimeSpan.FromSeconds(spent), s_now, chance);

        pause?.TotalMilliseconds.ShouldBe(expected!.Value, 1);
        (pause is null).ShouldBe(expected is null);
    }

    [Fact]
    public void The_provider_is_given_the_time_it_asks_for_or_none_at_all()
    {
        var rules = RetryRules.Default;

        rules.PauseAfter(1, Outage() with { RetryAt = s_now.AddSeconds(40) }, mayRepeat: false, TimeSpan.Zero, s_now, 0).ShouldBe(TimeSpan.FromSeconds(40));
        rules.PauseAfter(1, Outage() with { RetryAt = s_now.AddSeconds(40) }, mayRepeat: false, TimeSpan.FromSeconds(30), s_now, 0).ShouldBeNull();
    }

    private static Failure Outage() => new() { Kind = FailureKind.Unavailable, Message = "Down.", At = s_now };

    private static JsonObject Quick(int attempts) => WithRetry(Definition(Sequence(Create("make"))), $$"""{ "attempts": {{attempts}}, "first": "00:00:00.001" }""");

    private static JsonObject WithRetry(JsonObject definition, string retry)
    {
        definition["customProperties"] = new JsonObject { ["Recipes"] = new JsonObject { ["retry"] = JsonNode.Parse(retry) } };
        return definition;
    }

    private static void FailsFor(Kitchen kitchen, int times, FailureKind kind, bool isDoubtful = false)
    {
        var count = 0;
        kitchen.Actions.Create.Answer = (_, _, _) => ValueTask.FromResult<ActionResult>(++count <= times
            ? new ActionResult.Failed(new() { Kind = kind, Message = "No.", IsDoubtful = isDoubtful, At = s_now }, "POST /things", null)
            : new ActionResult.Succeeded(new Dictionary<string, object?>(), "POST /things", 201));
    }
}
