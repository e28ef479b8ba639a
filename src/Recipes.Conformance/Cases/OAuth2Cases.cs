namespace Recipes.Conformance;

/// <summary>Tokens: their life, their end, and a token endpoint in trouble.</summary>
internal static class OAuth2Cases
{
    public static IEnumerable<ConformanceCase> For(Workbench bench)
    {
        var scheme = (OAuth2Scheme)bench.Scheme;
        yield return new(CaseKind.Connect, "The life of a token is read, and a new one is had before it ends", ExpiresAsync);
        yield return new(CaseKind.Credentials, "A token that dies early is replaced without a person", DiesEarlyAsync);
        if (scheme.NeedsConsent)
        {
            yield return new(CaseKind.Credentials, "A revoked grant needs a person again, and is not tried any more", RevokedAsync);
            yield return new(CaseKind.Credentials, "A refresh without a new refresh token keeps the old one", KeepsAsync);
            yield return new(CaseKind.Permissions, "A consent that is refused connects nothing", RefusedConsentAsync);
            yield return new(CaseKind.Secrets, "A callback with a foreign state connects nothing", ForeignStateAsync);
        }

        yield return new(CaseKind.Client, "A rejected OAuth app is told on the definition, connections keep their state", ClientAsync);
        foreach (var status in new[] { 500, 503 })
            yield return TokenFault(CaseKind.Outage, $"{status}", new Fault.Reply(StandInReply.Html(status, "Oops")), FailureKind.Unavailable, FailureKind.RateLimited);
        yield return TokenFault(CaseKind.Outage, "a dropped connection", new Fault.Drop(), FailureKind.Unavailable);
        yield return TokenFault(CaseKind.Outage, "no answer in time", new Fault.Hang(), FailureKind.Unavailable);
        yield return TokenFault(CaseKind.RateLimit, "429", new Fault.Reply(StandInReply.Error(429, "slow_down", "later").With("Retry-After", "90")), FailureKind.RateLimited);
        yield return TokenFault(CaseKind.OddReplies, "an HTML page with 200", new Fault.Reply(StandInReply.Html(200, "Welcome")), FailureKind.Unknown, FailureKind.Unavailable, FailureKind.Misconfigured);
        yield return TokenFault(CaseKind.OddReplies, "an empty 200", new Fault.Reply(StandInReply.Empty(200)), FailureKind.Unknown, FailureKind.Unavailable, FailureKind.Misconfigured);
        yield return new(CaseKind.OddReplies, "A token reply as text/html is read all the same", run => OddTokenAsync(run, r => r with { ContentType = "text/html; charset=utf-8" }));
        yield return new(CaseKind.OddReplies, "A token reply without a content type is read all the same", run => OddTokenAsync(run, r => r with { ContentType = null }));
        if (IsFlat(scheme))
            yield return new(CaseKind.OddReplies, "A token reply as a form is read all the same", run => OddTokenAsync(run, AsForm));
        if (scheme.RevocationEndpoint?.RenderOrNull(bench.StandIn.Fields) is not null)
            yield return new(CaseKind.Connect, "Disconnecting gives the grant back", RevocationAsync);
    }

    // Whatever goes wrong at the token endpoint during a refresh, short of its refusal.
    private static ConformanceCase TokenFault(CaseKind kind, string what, Fault fault, params FailureKind?[] allowed) =>
        new(kind, $"{char.ToUpperInvariant(what[0])}{what[1..]} at the token endpoint changes nothing", run => TokenFaultAsync(run, fault, allowed));

    private static async Task TokenFaultAsync(CaseRun run, Fault fault, FailureKind?[] allowed)
    {
        var id = await UsedAsync(run);
        Expire(run);
        run.Bench.Proxy.Arm(Door.Token, fault);
        var failure = await run.Bench.SendAsync(id);
        run.Bench.Proxy.Disarm();
        run.ExpectKind(failure, allowed);
        await run.ExpectStateAsync(id, ConnectionState.Connected);
        run.Bench.Clock.Advance(TimeSpan.FromMinutes(3));
        run.ExpectKind(await run.Bench.SendAsync(id), [null]);
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
    }

    private static async Task ExpiresAsync(CaseRun run)
    {
        var scheme = (OAuth2Scheme)run.Bench.Scheme;
        var id = await UsedAsync(run);
        var expected = run.Bench.Clock.GetUtcNow() + (scheme.AccessTokenLifetime ?? OAuth2StandIn.TokenLife);
        var seen = (await run.Bench.ReadAsync(id)).Record.ExpiresAt;
        run.Expect(seen is { } at && Math.Abs((at - expected).TotalSeconds) < 61, $"the token is known to die at {expected:u}", seen is { } known ? $"{known:u}" : "nothing is known of its end", "Look at 'tokenResponse.expiresIn' and 'expiryUnit', or give 'accessTokenLifetime'.");
        Expire(run);
        var before = run.CountAt(Door.Token);
        run.ExpectKind(await run.Bench.SendAsync(id), [null]);
        run.ExpectWire();
        run.Expect(run.CountAt(Door.Token) - before == 1, "one new token is asked for", $"{run.CountAt(Door.Token) - before} were", "Look at 'tokenResponse.refreshToken' and 'refreshEndpoint'.");
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
        var refreshed = (await run.Bench.ReadAsync(id)).Record.ExpiresAt;
        run.Expect(refreshed > run.Bench.Clock.GetUtcNow(), "the new token's life is read as well", refreshed is { } end ? $"it ends at {end:u}" : "nothing is known of its end", "Look at 'tokenResponse'.");
    }

    private static async Task DiesEarlyAsync(CaseRun run)
    {
        var id = await UsedAsync(run);
        foreach (var grant in Provider(run).Grants)
            grant.AccessToken = null;
        var before = run.CountAt(Door.Token);
        run.ExpectKind(await run.Bench.SendAsync(id), [null]);
        run.Expect(run.CountAt(Door.Token) - before == 1, "one new token is asked for", $"{run.CountAt(Door.Token) - before} were", "Look at 'errors': the refusal of a token has to mean modifiedCredentials.");
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
    }

    private static async Task RevokedAsync(CaseRun run)
    {
        var id = await UsedAsync(run);
        foreach (var grant in Provider(run).Grants)
            grant.IsRevoked = true;
        run.ExpectKind(await run.Bench.SendAsync(id), FailureKind.ModifiedCredentials);
        await run.ExpectStateAsync(id, ConnectionState.ReauthorizationRequired, red: true);
        var before = run.Exchanges.Count;
        await run.Bench.SendAsync(id);
        await run.Bench.ProbeAsync(id);
        run.Expect(run.Exchanges.Count == before, "a dead grant is not tried again", $"{run.Exchanges.Count - before} requests were sent", CaseRun.ReportIt);
    }

    private static async Task KeepsAsync(CaseRun run)
    {
        var id = await UsedAsync(run);
        Provider(run).Rotates = false;
        try
        {
            for (var i = 0; i < 2; i++)
            {
                Expire(run);
                run.ExpectKind(await run.Bench.SendAsync(id), [null]);
            }
        }
        finally
        {
            Provider(run).Rotates = true;
        }
    }

    private static async Task RefusedConsentAsync(CaseRun run)
    {
        var id = await run.Bench.SetUpAsync();
        if (((OAuth2Scheme)run.Bench.Scheme).Grant != OAuth2Grant.AuthorizationCode)
            return;
        var outcome = await run.Bench.AuthorizeAsync(id, back => Replace(back, "error=access_denied", ((OAuth2Scheme)run.Bench.Scheme).CodeParameter));
        run.Bench.StandIn.TakeFaults();
        run.Expect(outcome is FlowOutcome.Failed, "connecting fails and says why", outcome.ToString(), CaseRun.ReportIt);
        await run.ExpectStateAsync(id, ConnectionState.Pending);
    }

    private static async Task ForeignStateAsync(CaseRun run)
    {
        if (((OAuth2Scheme)run.Bench.Scheme).Grant != OAuth2Grant.AuthorizationCode)
            return;
        var id = await run.Bench.SetUpAsync();
        var outcome = await run.Bench.AuthorizeAsync(id, back => Replace(back, "state=somebody-elses-state", "state"));
        run.Bench.StandIn.TakeFaults();
        run.Expect(outcome is FlowOutcome.Rejected, "the callback is rejected", outcome.GetType().Name, CaseRun.ReportIt);
        run.Expect(run.CountAt(Door.Token) == 0, "the code is not exchanged", "it was", CaseRun.ReportIt);
        await run.ExpectStateAsync(id, ConnectionState.Pending);
    }

    private static async Task ClientAsync(CaseRun run)
    {
        var id = await UsedAsync(run);
        Expire(run);
        Provider(run).ClientChanged = true;
        var failure = await run.Bench.SendAsync(id);
        Provider(run).ClientChanged = false;
        if (!run.Bench.Scheme.NeedsClient)
        {
            // The account's own client: only its owner can put it right.
            run.ExpectKind(failure, FailureKind.ModifiedCredentials, FailureKind.ClientRejected);
            return;
        }

        run.ExpectKind(failure, FailureKind.ClientRejected);
        await run.ExpectStateAsync(id, ConnectionState.Connected);
        var definition = await run.Bench.Get<IConnectionStore>().FindDefinitionAsync((await run.Bench.ReadAsync(id)).DefinitionId, CancellationToken.None);
        run.Expect(definition?.ClientFailure is not null, "the definition says that its OAuth app was rejected", "it does not", CaseRun.ReportIt);
        run.Bench.Clock.Advance(TimeSpan.FromMinutes(3));
        run.ExpectKind(await run.Bench.SendAsync(id), [null]);
    }

    private static async Task OddTokenAsync(CaseRun run, Func<StandInReply, StandInReply> change)
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

    private static async Task RevocationAsync(CaseRun run)
    {
        var id = await UsedAsync(run);
        await run.Bench.Get<ConnectionSetup>().DisconnectAsync(Workbench.Operator, id, CancellationToken.None);
        run.ExpectWire();
        run.Expect(run.CountAt(Door.Revocation) == 1, "the provider is told once", $"{run.CountAt(Door.Revocation)} times", "Look at 'revocationEndpoint'.");
        await run.ExpectStateAsync(id, ConnectionState.Disconnected);
    }

    private static async Task<ConnectionId> UsedAsync(CaseRun run)
    {
        var id = await run.ConnectAsync();
        await run.Bench.SendAsync(id);
        return id;
    }

    private static void Expire(CaseRun run) => run.Bench.Clock.Advance((((OAuth2Scheme)run.Bench.Scheme).AccessTokenLifetime ?? OAuth2StandIn.TokenLife) + TimeSpan.FromSeconds(1));

    private static OAuth2StandIn Provider(CaseRun run) => (OAuth2StandIn)run.Bench.StandIn;

    private static Uri Replace(Uri back, string pair, string parameter) =>
        new($"{back.GetLeftPart(UriPartial.Path)}?{string.Join('&', back.Query.TrimStart('?').Split('&').Where(p => !p.StartsWith($"{parameter}=", StringComparison.Ordinal)).Append(pair))}");

    private static bool IsFlat(OAuth2Scheme scheme)
    {
        var rules = scheme.TokenResponse;
        return new[] { rules.AccessToken, rules.RefreshToken, rules.ExpiresIn, rules.Scope, rules.TokenType }.All(p => p.Count == 0 || !p[0].Contains('.', StringComparison.Ordinal))
            && scheme.Captures.All(c => c.From != CaptureSource.TokenReply || !c.Path.Contains('.', StringComparison.Ordinal));
    }

    private static StandInReply AsForm(StandInReply reply) => reply with
    {
        ContentType = "application/x-www-form-urlencoded",
        Body = System.Text.Json.Nodes.JsonNode.Parse(reply.Body) is System.Text.Json.Nodes.JsonObject members
            ? string.Join('&', members.Select(m => $"{Uri.EscapeDataString(m.Key)}={Uri.EscapeDataString(JsonShape.Text(m.Value) ?? "")}"))
            : reply.Body,
    };
}
