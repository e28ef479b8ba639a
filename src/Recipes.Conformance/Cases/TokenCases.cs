namespace Recipes.Conformance;

/// <summary>Tokens of any scheme that gets them: their life, and the place they come from in trouble.</summary>
internal static class TokenCases
{
    public static IEnumerable<ConformanceCase> For(Workbench bench)
    {
        if (bench.StandIn.TokenLife is not null)
            yield return new(CaseKind.Connect, "The life of a token is known, and a new one is had before it ends", ExpiresAsync);
        if (bench.Scheme is JwtScheme)
            yield break;
        yield return new(CaseKind.Credentials, "A token that dies early is replaced without a person", DiesEarlyAsync);
        foreach (var status in new[] { 500, 503 })
            yield return Fault(CaseKind.Outage, $"{status}", new Fault.Reply(StandInReply.Html(status, "Oops")), FailureKind.Unavailable, FailureKind.RateLimited);
        yield return Fault(CaseKind.Outage, "a dropped connection", new Fault.Drop(), FailureKind.Unavailable);
        yield return Fault(CaseKind.Outage, "no answer in time", new Fault.Hang(), FailureKind.Unavailable);
        yield return Fault(CaseKind.RateLimit, "429", new Fault.Reply(StandInReply.Error(429, "slow_down", "later").With("Retry-After", "90")), FailureKind.RateLimited);
        yield return Fault(CaseKind.OddReplies, "an HTML page with 200", new Fault.Reply(StandInReply.Html(200, "Welcome")), FailureKind.Unknown, FailureKind.Unavailable, FailureKind.Misconfigured);
        if (bench.Scheme is OAuth2Scheme)
            yield return Fault(CaseKind.OddReplies, "an empty 200", new Fault.Reply(StandInReply.Empty(200)), FailureKind.Unknown, FailureKind.Unavailable, FailureKind.Misconfigured);
        if (bench.Scheme is OAuth2Scheme or LoginScheme { Login.Token.Place: ReplyPlace.Json })
            yield return new(CaseKind.OddReplies, "A token reply as text/html is read all the same", run => OddAsync(run, r => r with { ContentType = "text/html; charset=utf-8" }));
        if (bench.Scheme is OAuth2Scheme or LoginScheme { Login.Token.Place: ReplyPlace.Json })
            yield return new(CaseKind.OddReplies, "A token reply without a content type is read all the same", run => OddAsync(run, r => r with { ContentType = null }));
    }

    public static async Task<ConnectionId> UsedAsync(CaseRun run)
    {
        var id = await run.ConnectAsync();
        await run.Bench.SendAsync(id);
        return id;
    }

    /// <summary>Lets the tokens at hand come to their end.</summary>
    public static void Expire(CaseRun run)
    {
        if (run.Bench.StandIn.TokenLife is { } life)
            run.Bench.Clock.Advance(life + TimeSpan.FromSeconds(1));
        else
            run.Bench.StandIn.LoseTokens();
    }

    public static async Task OddAsync(CaseRun run, Func<StandInReply, StandInReply> change)
    {
        run.Bench.Proxy.Arm(Door.Token, new Fault.Change(change));
        try
        {
            var id = await run.ConnectAsync();
            run.ExpectKind(await run.Bench.SendAsync(id), [null]);
        }
        catch (KitException fault)
        {
            run.Fail("the account connects", fault.Message.TrimEnd('.'), CaseRun.ReportIt);
        }
        finally
        {
            run.Bench.Proxy.Disarm();
        }
    }

    // Whatever goes wrong where tokens come from, short of a refusal.
    private static ConformanceCase Fault(CaseKind kind, string what, Fault fault, params FailureKind?[] allowed) =>
        new(kind, $"{char.ToUpperInvariant(what[0])}{what[1..]} where tokens come from changes nothing", run => FaultAsync(run, fault, allowed));

    private static async Task FaultAsync(CaseRun run, Fault fault, FailureKind?[] allowed)
    {
        var id = await UsedAsync(run);
        Expire(run);
        run.Bench.Proxy.Arm(Door.Token, fault);
        var failure = await run.Bench.SendAsync(id);
        run.Bench.Proxy.Disarm();
        run.ExpectKind(failure, allowed);
        await run.ExpectStateAsync(id, ConnectionState.Connected);
        // Longer than any pause after a failure.
        run.Bench.Clock.Advance(TimeSpan.FromMinutes(3));
        run.ExpectKind(await run.Bench.SendAsync(id), [null]);
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
    }

    private static async Task ExpiresAsync(CaseRun run)
    {
        var id = await UsedAsync(run);
        var expected = run.Bench.Clock.GetUtcNow() + run.Bench.StandIn.TokenLife;
        var seen = (await run.Bench.ReadAsync(id)).Record.ExpiresAt;
        run.Expect(seen is { } at && Math.Abs((at - expected.GetValueOrDefault()).TotalSeconds) < 61, $"the token is known to die at {expected:u}", seen is { } known ? $"{known:u}" : "nothing is known of its end", "Look at 'expiresIn' and 'expiryUnit', or say how long it lives.");
        Expire(run);
        var before = run.CountAt(Door.Token);
        run.ExpectKind(await run.Bench.SendAsync(id), [null]);
        run.ExpectWire();
        if (run.Bench.Scheme is not JwtScheme)
            run.Expect(run.CountAt(Door.Token) - before == 1, "one new token is asked for", $"{run.CountAt(Door.Token) - before} were", "Look at where the reply has what renews a token ('refreshToken') and where that goes ('refreshEndpoint', 'refresh').");
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
        var renewed = (await run.Bench.ReadAsync(id)).Record.ExpiresAt;
        run.Expect(renewed > run.Bench.Clock.GetUtcNow(), "the new token's life is known as well", renewed is { } end ? $"it ends at {end:u}" : "nothing is known of its end", "Look at 'expiresIn'.");
    }

    private static async Task DiesEarlyAsync(CaseRun run)
    {
        var id = await UsedAsync(run);
        run.Bench.StandIn.LoseTokens();
        var before = run.CountAt(Door.Token);
        run.ExpectKind(await run.Bench.SendAsync(id), [null]);
        run.Expect(run.CountAt(Door.Token) - before is 1 or 2, "a new token is asked for once", $"it was {run.CountAt(Door.Token) - before} times", "Look at 'errors': the refusal of a token has to mean modifiedCredentials.");
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
    }
}
