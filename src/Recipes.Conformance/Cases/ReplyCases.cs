namespace Recipes.Conformance;

/// <summary>What an app may answer to anybody: missing permissions, limits, outages, wrong paths, odd clothes.</summary>
internal static class ReplyCases
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(90);

    public static IEnumerable<ConformanceCase> For(Workbench bench)
    {
        var hasProbe = bench.Connector.ProbeOf(bench.Scheme) is not null;
        if (bench.StandIn.Answers.Forbidden is { } forbidden)
        {
            yield return new(CaseKind.Permissions, "What an action may not do limits the connection and breaks nothing", run => LimitedAsync(run, forbidden));
            if (hasProbe && !Passes(bench, forbidden))
                yield return new(CaseKind.Permissions, "A probe that may not even look turns it red and asks for no new consent", run => ProbeForbiddenAsync(run, forbidden), CaseNeeds.Probe);
        }

        yield return Case(CaseKind.RateLimit, "429 with Retry-After", TooMany, [FailureKind.RateLimited], retry: true);
        yield return Case(CaseKind.RateLimit, "503 with Retry-After", StandInReply.Html(503, "Back soon").With("Retry-After", "90"), [FailureKind.RateLimited, FailureKind.Unavailable], retry: true);
        foreach (var status in new[] { 500, 502, 503, 504, 408 })
            yield return Case(CaseKind.Outage, $"{status}", StandInReply.Error(status, "down", "something broke"), [FailureKind.Unavailable, FailureKind.RateLimited]);
        yield return Case(CaseKind.Outage, "an HTML error page with 502", StandInReply.Html(502, "Bad gateway"), [FailureKind.Unavailable, FailureKind.RateLimited]);
        yield return Case(CaseKind.Outage, "an empty 500", StandInReply.Empty(500), [FailureKind.Unavailable, FailureKind.RateLimited]);
        yield return new(CaseKind.Outage, "A dropped connection changes nothing", run => FaultAsync(run, new Fault.Drop(), [FailureKind.Unavailable]));
        yield return new(CaseKind.Outage, "An answer that does not come in time changes nothing", run => FaultAsync(run, new Fault.Hang(), [FailureKind.Unavailable]));
        if (hasProbe)
        {
            yield return new(CaseKind.Outage, "An outage during a probe changes nothing", OutageOfProbeAsync, CaseNeeds.Probe);
            yield return new(CaseKind.Address, "A probe that leads nowhere (404) asks for the address to be checked", run => MisconfiguredAsync(run, StandInReply.Html(404, "Not found")), CaseNeeds.Probe);
            yield return new(CaseKind.Address, "A probe that is redirected to a sign-in page asks for the address to be checked", run => MisconfiguredAsync(run, StandInReply.Redirect("/login")), CaseNeeds.Probe);
            yield return new(CaseKind.OddReplies, "A probe's JSON as text/html is read all the same", run => OddAsync(run, r => r with { ContentType = "text/html" }), CaseNeeds.Probe);
            yield return new(CaseKind.OddReplies, "A probe's JSON in a charset that does not exist is read all the same", run => OddAsync(run, r => r with { ContentType = "application/json; charset=utf-9" }), CaseNeeds.Probe);
        }

        yield return new(CaseKind.OddReplies, "An empty 204 is a success", run => GoodAsync(run, new Fault.Change(r => new StandInReply(204) { Headers = r.Headers })));
        yield return new(CaseKind.OddReplies, "An answer with a byte order mark is a success", run => GoodAsync(run, new Fault.Change(r => r with { Body = $"\uFEFF{r.Body}" })));
    }

    private static StandInReply TooMany => StandInReply.Error(429, "rate_limited", "slow down").With("Retry-After", "90");

    private static ConformanceCase Case(CaseKind kind, string what, StandInReply reply, FailureKind?[] allowed, bool retry = false) =>
        new(kind, $"{char.ToUpperInvariant(what[0])}{what[1..]} changes nothing", run => FaultAsync(run, new Fault.Reply(reply), allowed, retry));

    // Some probes ask for what cannot be there, and are content to hear so.
    private static bool Passes(Workbench bench, StandInReply reply) => bench.Connector.ProbeOf(bench.Scheme)?.Passes.Contains(reply.Status) == true;

    private static async Task FaultAsync(CaseRun run, Fault fault, FailureKind?[] allowed, bool retry = false)
    {
        var id = await run.ConnectAsync();
        await run.Bench.SendAsync(id);
        var before = (await run.Bench.ReadAsync(id)).Health;
        run.Bench.Proxy.Arm(Door.Api, fault);
        var failure = await run.Bench.SendAsync(id);
        run.Bench.Proxy.Disarm();
        run.ExpectKind(failure, allowed);
        if (retry && failure?.Kind == FailureKind.RateLimited)
            run.Expect(failure.RetryAt == run.Bench.Clock.GetUtcNow() + s_pause, "it is tried again after the 90 seconds that the app asked for", failure.RetryAt is { } at ? $"at {at:u}" : "no time is known", CaseRun.ReportIt);
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
        var after = (await run.Bench.ReadAsync(id)).Health;
        run.Expect(after == before, $"its health stays {before}", $"it is {after}", CaseRun.ReportIt);
        run.ExpectKind(await run.Bench.SendAsync(id), [null]);
    }

    private static async Task LimitedAsync(CaseRun run, StandInReply forbidden)
    {
        var id = await run.ConnectAsync();
        run.Bench.Proxy.Arm(Door.Api, new Fault.Reply(forbidden));
        var failure = await run.Bench.SendAsync(id);
        run.Bench.Proxy.Disarm();
        run.ExpectKind(failure, FailureKind.InsufficientPermissions);
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
        var limited = (await run.Bench.ReadAsync(id)).Record.Limitations;
        run.Expect(limited is [{ Action: "Kit.Action" }], "the action is noted as limited", limited.Count == 0 ? "nothing is noted" : string.Join(", ", limited.Select(l => l.Action)), CaseRun.ReportIt);
        run.ExpectKind(await run.Bench.SendAsync(id), [null]);
    }

    private static async Task ProbeForbiddenAsync(CaseRun run, StandInReply forbidden)
    {
        var id = await run.ConnectAsync();
        run.Bench.Proxy.Arm(Door.Api, new Fault.Reply(forbidden));
        var result = await run.Bench.ProbeAsync(id);
        run.Bench.Proxy.Disarm();
        run.ExpectKind((result as ProbeResult.Failed)?.Failure, FailureKind.InsufficientPermissions);
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: true);
        await run.Bench.ProbeAsync(id);
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
    }

    private static async Task OutageOfProbeAsync(CaseRun run)
    {
        var id = await run.ConnectAsync();
        run.Bench.Proxy.Arm(Door.Api, new Fault.Reply(StandInReply.Html(500, "Oops")));
        var result = await run.Bench.ProbeAsync(id);
        run.Bench.Proxy.Disarm();
        run.ExpectKind((result as ProbeResult.Failed)?.Failure, FailureKind.Unavailable, FailureKind.RateLimited);
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
    }

    private static async Task MisconfiguredAsync(CaseRun run, StandInReply reply)
    {
        // An app that says by such an answer that something may not be seen has a rule for it.
        if (RuleReading.Deciding(run.Bench.Connector.Errors, reply) >= 0 || Passes(run.Bench, reply))
            return;
        var id = await run.ConnectAsync();
        run.Bench.Proxy.Arm(Door.Api, new Fault.Reply(reply));
        var result = await run.Bench.ProbeAsync(id);
        run.Bench.Proxy.Disarm();
        run.ExpectKind((result as ProbeResult.Failed)?.Failure, FailureKind.Misconfigured);
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: true);
    }

    private static async Task OddAsync(CaseRun run, Func<StandInReply, StandInReply> change)
    {
        var id = await run.ConnectAsync();
        run.Bench.Proxy.Arm(Door.Api, new Fault.Change(change));
        var result = await run.Bench.ProbeAsync(id);
        run.Bench.Proxy.Disarm();
        run.Expect(result is ProbeResult.Passed, "the probe passes", ConnectCases.Words(result), CaseRun.ReportIt);
        if (result is ProbeResult.Passed passed && run.Bench.Connector.ProbeOf(run.Bench.Scheme)!.AccountLabel is not null)
            run.Expect(passed.AccountLabel == ApiAnswers.AccountLabel, "the account's name is read", passed.AccountLabel ?? "none was", CaseRun.ReportIt);
    }

    private static async Task GoodAsync(CaseRun run, Fault fault)
    {
        var id = await run.ConnectAsync();
        run.Bench.Proxy.Arm(Door.Api, fault);
        var failure = await run.Bench.SendAsync(id);
        run.Bench.Proxy.Disarm();
        run.ExpectKind(failure, [null]);
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
    }
}
