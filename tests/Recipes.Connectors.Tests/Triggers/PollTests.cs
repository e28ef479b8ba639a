using Recipes.Connections;

namespace Recipes.Connectors.Tests;

public sealed class PollTests
{
    private const string Head = "  - kind: poll\n    name: NewItem\n    list: items\n    recordId: id\n";
    private const string Since = "    request: { path: /items, query: { since: \"{{cursor}}\" } }\n    cursor: { kind: maximum, path: at }\n";
    private const string ByMark = "    pagination: { kind: cursor, parameter: token, path: next }\n";
    private const string ByPage = "    pagination: { kind: page, parameter: page, size: 3 }\n";

    [Theory]
    [InlineData("maximum, path: at }", "since: \"{{cursor}}\"", "pagination: { kind: cursor, parameter: token, path: next }")]
    [InlineData("maximum, path: unix, type: unixTime }", "x: y", "pagination: { kind: page, parameter: page, size: 3 }")]
    [InlineData("maximum, path: number, type: number }", "x: y", "pagination: { kind: offset, parameter: skip, size: 3 }")]
    [InlineData("lastId }", "afterId: \"{{cursor}}\"", "order: ascending")]
    [InlineData("token, path: sync }", "token: \"{{cursor}}\"", "pagination: { kind: cursor, parameter: token, path: next }")]
    [InlineData("token, path: delta, address: true }", "x: y", "pagination: { kind: cursor, parameter: token, path: next }")]
    public async Task Each_record_is_handed_over_once_page_by_page_whatever_the_cursor(string cursor, string query, string pages)
    {
        var trigger = $"{Head}    request: {{ path: /items, query: {{ {query} }} }}\n    cursor: {{ kind: {cursor}\n    {pages}\n";
        await using var app = await ListApp.StartAsync(cursor.StartsWith("lastId", StringComparison.Ordinal) ? trigger + ByMark : trigger);
        for (var i = 1; i <= 7; i++)
            app.Add($"r{i}", i);

        var all = await app.PollAsync(FirstPoll.All, 10);
        var nothing = await app.PollAsync(seconds: 20);
        for (var i = 8; i <= 11; i++)
            app.Add($"r{i}", i + 100);
        var later = await app.PollAsync(seconds: 120);

        (all, nothing, later).ShouldBe(("r1 r2 r3 r4 r5 r6 r7", "", "r8 r9 r10 r11"));
    }

    [Theory]
    [InlineData("maximum, path: at }", "since: \"{{cursor}}\"")]
    [InlineData("maximum, path: number, type: number }", "x: y")]
    [InlineData("lastId }", "afterId: \"{{cursor}}\"")]
    [InlineData("token, path: sync }", "token: \"{{cursor}}\"")]
    public async Task What_was_there_before_it_was_switched_on_starts_nothing(string cursor, string query)
    {
        await using var app = await ListApp.StartAsync($"{Head}    request: {{ path: /items, query: {{ {query} }} }}\n    cursor: {{ kind: {cursor}\n{ByMark}");
        for (var i = 1; i <= 5; i++)
            app.Add($"r{i}", -i - 1);
        app.Sort = r => r.OrderBy(e => e.Id, StringComparer.Ordinal);

        var first = await app.PollAsync(FirstPoll.Now);
        app.Add("r6", 30);
        var second = await app.PollAsync(FirstPoll.Now, 40);

        (first, second).ShouldBe(("", "r6"));
    }

    [Fact]
    public async Task What_came_between_switching_on_and_the_first_poll_is_handed_over()
    {
        await using var app = await ListApp.StartAsync(Head + Since);
        app.Add("r1", -5);
        app.Add("r2", 5);

        var first = await app.PollAsync();

        first.ShouldBe("r2");
    }

    [Fact]
    public async Task The_first_poll_of_an_empty_list_misses_nothing_after_it()
    {
        await using var app = await ListApp.StartAsync($"{Head}    request: {{ path: /items, query: {{ afterId: \"{{{{cursor}}}}\" }} }}\n    cursor: {{ kind: lastId }}\n");

        var first = await app.PollAsync();
        app.Add("r1", 5);
        var second = await app.PollAsync();

        (first, second).ShouldBe(("", "r1"));
    }

    [Fact]
    public async Task A_record_that_shows_up_late_is_handed_over_once_and_one_older_than_the_overlap_is_not()
    {
        await using var app = await ListApp.StartAsync(Head + Since);
        app.Add("r1", 100);
        await app.PollAsync(FirstPoll.All);
        app.Add("r2", 50);
        app.Add("r3", 30);

        var late = await app.PollAsync(seconds: 110);
        var again = await app.PollAsync(seconds: 120);

        (late, again).ShouldBe(("r2", ""));
    }

    [Fact]
    public async Task Pages_in_any_order_move_the_cursor_only_after_the_last()
    {
        await using var app = await ListApp.StartAsync(Head + Since + ByMark);
        app.Sort = r => r.OrderByDescending(e => e.At);
        for (var i = 1; i <= 7; i++)
            app.Add($"r{i}", i * 1000);

        var first = (await app.PageAsync(FirstPoll.All)).ShouldBeOfType<PollAnswer.Page>();
        app.Cursor = first.Cursor;
        var second = (await app.PageAsync()).ShouldBeOfType<PollAnswer.Page>();
        var repeated = (await app.PageAsync()).ShouldBeOfType<PollAnswer.Page>();
        app.Cursor = second.Cursor;
        var rest = await app.PollAsync();

        string.Join(' ', first.Records.Concat(second.Records).Select(r => r.Id)).ShouldBe("r5 r6 r7 r2 r3 r4");
        repeated.Records.Select(r => r.Id).ShouldBe(second.Records.Select(r => r.Id));
        repeated.Cursor.ShouldBe(second.Cursor);
        first.Cursor.ShouldNotContain("\"at\"");
        rest.ShouldBe("r1");
        app.Cursor.ShouldContain(ListApp.Start.AddSeconds(7000).ToString("yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_changed_record_comes_again_where_it_has_a_version()
    {
        await using var app = await ListApp.StartAsync(Head + Since + "    recordVersion: revision\n");
        app.Add("r1", 1);
        app.Add("r2", 2);
        await app.PollAsync(FirstPoll.All);
        app.Add("r1", 3, revision: 2);

        var changed = await app.PollAsync(seconds: 5);

        changed.ShouldBe("r1@2");
    }

    [Fact]
    public async Task A_list_sorted_oldest_first_loses_nothing_when_a_record_changes_while_it_is_read()
    {
        await using var app = await ListApp.StartAsync(Head + Since + ByPage + "    recordVersion: revision\n    order: ascending\n");
        for (var i = 1; i <= 9; i++)
            app.Add($"r{i}", i * 100);
        // It leaves the first page for the end of the list, and all others move up by one.
        app.Before = () =>
        {
            if (app.Targets.Count == 1)
                app.Add("r1", 2000, revision: 2);
        };

        var all = await app.PollAsync(FirstPoll.All);

        all.ShouldBe("r1@1 r2@1 r3@1 r4@1 r5@1 r6@1 r7@1 r8@1 r9@1 r1@2");
        app.Targets.ShouldAllBe(t => !t.Contains("page=3"));
    }

    [Fact]
    public async Task A_list_sorted_newest_first_is_read_only_as_far_as_it_is_new()
    {
        await using var app = await ListApp.StartAsync($"{Head}    order: descending\n    request: {{ path: /items }}\n    cursor: {{ kind: maximum, path: number, type: number }}\n{ByPage}");
        app.Sort = r => r.OrderByDescending(e => e.At);
        for (var i = 1; i <= 30; i++)
            app.Add($"r{i}", i);

        var first = await app.PollAsync();
        app.Add("r31", 31);
        var second = await app.PollAsync();

        (first, second, app.Pages).ShouldBe(("", "r31", 2));
    }

    [Fact]
    public async Task Newest_first_by_id_goes_on_right_after_the_last()
    {
        await using var app = await ListApp.StartAsync($"{Head}    order: descending\n    request: {{ path: /items, query: {{ beforeId: \"{{{{cursor}}}}\" }} }}\n    cursor: {{ kind: lastId }}\n{ByMark}");
        app.Sort = r => r.OrderByDescending(e => e.At);
        for (var i = 1; i <= 4; i++)
            app.Add($"r{i}", i);
        await app.PollAsync();
        for (var i = 5; i <= 9; i++)
            app.Add($"r{i}", i);

        var later = await app.PollAsync();

        later.ShouldBe("r5 r6 r7 r8 r9");
    }

    [Fact]
    public async Task A_time_far_ahead_does_not_move_the_cursor()
    {
        await using var app = await ListApp.StartAsync(Head + Since);
        app.Add("r1", 1);
        app.Add("r2", 1_000_000);

        var first = await app.PollAsync(FirstPoll.All);
        app.Add("r3", 3);
        var second = await app.PollAsync(seconds: 5);

        (first, second).ShouldBe(("r1 r2", "r3"));
    }

    [Fact]
    public async Task An_empty_page_that_names_itself_as_the_next_ends_the_poll()
    {
        await using var app = await ListApp.StartAsync(Head + Since + ByMark);
        app.Next = _ => """{ "items": [], "next": "same" }""";

        var nothing = await app.PollAsync();

        (nothing, app.Pages).ShouldBe(("", 2));
    }

    [Fact]
    public async Task Many_empty_pages_are_read_with_pauses_and_what_follows_them_is_found()
    {
        await using var app = await ListApp.StartAsync(Head + Since + ByMark);
        app.Next = _ => app.Targets.Count > 50
            ? """{ "items": [{ "id": "r1", "at": "2026-05-01T12:00:05Z" }] }"""
            : $$"""{ "items": [], "next": "s{{app.Targets.Count}}" }""";

        var (first, pages) = (await app.PollAsync(), app.Pages);
        var second = await app.PollAsync();
        var third = await app.PollAsync();

        (first, pages, second, third, app.Pages).ShouldBe(("", 20, "", "r1", 51));
    }

    [Fact]
    public async Task A_page_that_the_app_has_forgotten_is_begun_anew_once()
    {
        await using var app = await ListApp.StartAsync(Head + Since + ByMark);
        for (var i = 1; i <= 5; i++)
            app.Add($"r{i}", i);
        app.Cursor = (await app.PageAsync(FirstPoll.All)).ShouldBeOfType<PollAnswer.Page>().Cursor;
        var gone = true;
        app.Next = context =>
        {
            context.Response.StatusCode = gone && context.Request.Query.ContainsKey("token") ? 410 : 200;
            return context.Response.StatusCode == 410 ? "{}" : null;
        };

        var anew = (await app.PageAsync()).ShouldBeOfType<PollAnswer.Page>();
        app.Cursor = anew.Cursor;
        app.Cursor = (await app.PageAsync()).ShouldBeOfType<PollAnswer.Page>().Cursor;
        var failed = await app.PageAsync();
        gone = false;
        var rest = await app.PollAsync();

        (anew.Records.Count, anew.HasMore).ShouldBe((0, true));
        failed.ShouldBeOfType<PollAnswer.Failed>().Failure.Status.ShouldBe(410);
        rest.ShouldBe("r4 r5");
    }

    [Theory]
    [InlineData("""{ "items": [{ "at": "2026-05-01T12:00:00Z" }] }""", "no id")]
    [InlineData("""{ "items": [{ "id": "r1" }] }""", "no value where the trigger looks for its cursor")]
    [InlineData("""{ "items": [{ "id": "r1", "at": "yesterday" }] }""", "no value where the trigger looks for its cursor")]
    [InlineData("""{ "items": { "id": "r1" } }""", "there is no list")]
    public async Task An_answer_that_is_not_as_declared_fails_and_leaves_the_cursor(string answer, string message)
    {
        await using var app = await ListApp.StartAsync(Head + Since);
        app.Next = _ => answer;

        var failed = (await app.PageAsync()).ShouldBeOfType<PollAnswer.Failed>();

        failed.Failure.Kind.ShouldBe(FailureKind.Misconfigured);
        failed.Failure.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("pagination: { kind: page, parameter: ignored }", "")]
    [InlineData("pagination: { kind: nextUrl, path: elsewhere }", "http://127.0.0.2:1/api/items")]
    public async Task A_list_without_end_and_a_page_elsewhere_are_told(string pages, string elsewhere)
    {
        await using var app = await ListApp.StartAsync($"{Head}{Since}    {pages}\n");
        app.Next = _ => $$"""{ "items": [{ "id": "r1", "at": "2026-05-01T12:00:00Z" }], "elsewhere": "{{elsewhere}}" }""";

        var first = await app.PageAsync();
        app.Cursor = (first as PollAnswer.Page)?.Cursor;
        var last = elsewhere.Length > 0 ? first : await app.PageAsync();

        last.ShouldBeOfType<PollAnswer.Failed>().Failure.Message.ShouldContain(elsewhere.Length > 0 ? "not at http://127.0.0.1" : "the same page twice");
    }

    [Fact]
    public async Task A_refusal_and_a_cursor_of_somebody_else_are_failures()
    {
        await using var app = await ListApp.StartAsync(Head + Since);
        app.Next = context =>
        {
            context.Response.StatusCode = 403;
            return "{}";
        };

        var refused = await app.PageAsync();
        app.Cursor = "no json";
        var unreadable = await app.PageAsync();

        refused.ShouldBeOfType<PollAnswer.Failed>().Failure.Status.ShouldBe(403);
        unreadable.ShouldBeOfType<PollAnswer.Failed>().Failure.Message.ShouldContain("off and on again");
        app.Targets.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Whatever_happens_every_change_reaches_one_record_and_the_cursor_never_goes_back()
    {
        foreach (var seed in Enumerable.Range(1, 40))
        {
            var random = new Random(seed);
            var order = random.Next(3);
            await using var app = await ListApp.StartAsync(Head + Since + (order == 0 ? ByMark : ByPage) + "    recordVersion: revision\n" + (order == 0 ? "    order: ascending\n" : ""));
            // Mark or number of the page: both are safe against what is added at the end, only restarting by the cursor against what moves.
            app.Sort = order switch { 0 => r => r.OrderBy(e => e.At), 1 => r => r.OrderBy(e => e.Id, StringComparer.Ordinal), _ => r => r.OrderByDescending(e => e.Id, StringComparer.Ordinal) };
            var (wanted, handed, now, outage) = (new HashSet<string>(), new List<string>(), 0.0, false);
            app.Next = context =>
            {
                context.Response.StatusCode = outage ? 503 : 200;
                return outage ? "{}" : null;
            };
            var (at, more) = ("", false);
            for (var step = 0; step < 120 || more; step++)
            {
                // A whole sweep sees the same list where its pages are not safe against changes.
                if (step < 100 && (!more || order == 0) && random.Next(2) == 0)
                {
                    now += random.Next(20);
                    var late = random.Next(4) == 0 ? random.Next(50) : 0;
                    var revision = random.Next(1, 1_000_000);
                    var id = order == 0 || random.Next(3) > 0 ? $"r{step + 100}" : app.Records.Count > 0 ? app.Records[random.Next(app.Records.Count)].Id : "r1";
                    wanted.RemoveWhere(w => w.StartsWith($"{id}@", StringComparison.Ordinal) && !handed.Contains(w));
                    app.Add(id, now - (order == 0 && more ? 0 : late), revision);
                    wanted.Add($"{id}@{revision}");
                    continue;
                }

                outage = step < 100 && random.Next(5) == 0;
                if (await app.PageAsync(FirstPoll.All, now) is not PollAnswer.Page page)
                    continue;
                handed.AddRange(page.Records.Select(r => r.Id));
                // A kill before the cursor was stored: the same page comes again, and the runs' ids tell it.
                if (random.Next(6) == 0)
                {
                    handed.RemoveRange(handed.Count - page.Records.Count, page.Records.Count);
                    continue;
                }

                (app.Cursor, more) = (page.Cursor, page.HasMore);
                var reached = PlainData.Parse(page.Cursor) is IReadOnlyDictionary<string, object?> state && state.GetValueOrDefault("at") is string text ? text : "";
                string.CompareOrdinal(reached, at).ShouldBeGreaterThanOrEqualTo(0, $"seed {seed}, step {step}");
                at = reached;
            }

            handed.Order().ShouldBe(wanted.Order(), $"seed {seed}");
        }
    }
}
