namespace Recipes.Conformance;

/// <summary>Secrets that were changed at the app: what is refused, what is sent after that, and what heals.</summary>
internal static class CredentialCases
{
    public static IEnumerable<ConformanceCase> For(Workbench bench)
    {
        if (RuleReplies.Meaning(FailureKind.ModifiedCredentials, bench.Connector.Errors, ApiAnswers.Plain401) is null)
            yield return new(CaseKind.Credentials, "Some answer of the app means a wrong credential", NoRefusalAsync, CaseNeeds.Nothing);
        else if (bench.Scheme is OAuth1Scheme { Flow: OAuth1Flow.TwoLegged, NeedsClient: true })
            yield return new(CaseKind.Client, "A refused consumer is told on the definition, connections keep their state", ConsumerAsync);
        else if (bench.Scheme is not OAuth2Scheme)
            yield return new(CaseKind.Credentials, "A changed secret makes a suspect, one probe confirms it, a secret put right heals", ChangedAsync, bench.Connector.ProbeOf(bench.Scheme) is null ? CaseNeeds.Connection : CaseNeeds.Probe);
    }

    private static Task NoRefusalAsync(CaseRun run)
    {
        var index = RuleReading.Deciding(run.Bench.Connector.Errors, ApiAnswers.Plain401);
        run.Fail("a 401, or an answer of the app's own, means modifiedCredentials", $"error rule {index + 1} ({RuleReading.Words(run.Bench.Connector.Errors[index])}) takes every 401, and no rule leads to modifiedCredentials",
            "Narrow that rule, or add the one by which the app says that a credential is wrong.");
        return Task.CompletedTask;
    }

    // Without a token the consumer is all that an app can refuse.
    private static async Task ConsumerAsync(CaseRun run)
    {
        var id = await run.ConnectAsync();
        run.Bench.StandIn.CredentialChanged = true;
        var failure = await run.Bench.SendAsync(id);
        run.Bench.StandIn.CredentialChanged = false;
        run.ExpectKind(failure, FailureKind.ClientRejected);
        await run.ExpectStateAsync(id, ConnectionState.Connected);
    }

    private static async Task ChangedAsync(CaseRun run)
    {
        var id = await run.ConnectAsync();
        await run.Bench.SendAsync(id);
        run.Bench.StandIn.CredentialChanged = true;
        run.Bench.StandIn.LoseTokens();
        try
        {
            run.ExpectKind(await run.Bench.SendAsync(id), FailureKind.ModifiedCredentials);
            if (run.Bench.Scheme.AcquiresTokens)
                run.Expect((await run.Bench.ReadAsync(id)).State is ConnectionState.Suspect or ConnectionState.ReauthorizationRequired, "the connection is Suspect or ReauthorizationRequired", $"it is {(await run.Bench.ReadAsync(id)).State}", CaseRun.ReportIt);
            else
                await run.ExpectStateAsync(id, ConnectionState.Suspect, red: true);
            var before = run.Exchanges.Count;
            await run.Bench.SendAsync(id);
            run.Expect(run.Exchanges.Count == before, "nothing is sent for a suspect", $"{run.Exchanges.Count - before} requests were", CaseRun.ReportIt);
            await run.Bench.CheckSuspectsAsync();
            await run.ExpectStateAsync(id, ConnectionState.ReauthorizationRequired, red: true);
            if (run.Bench.Connector.ProbeOf(run.Bench.Scheme) is null)
                return;
            run.Expect(run.Bench.Scheme.AcquiresTokens || run.Exchanges.Count > before, "one probe decides about a suspect", "none was sent", CaseRun.ReportIt);
        }
        finally
        {
            run.Bench.StandIn.CredentialChanged = false;
        }

        // What a person granted, only a person can grant again.
        if (run.Bench.Scheme.NeedsConsent)
            return;
        var healed = await run.Bench.ProbeAsync(id);
        run.Expect(healed is ProbeResult.Passed, "a probe passes once the secret was put right at the app", ConnectCases.Words(healed), CaseRun.ReportIt);
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
        run.Bench.StandIn.TakeFaults();
    }
}
