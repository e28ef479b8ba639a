namespace Recipes.Conformance;

/// <summary>Connecting, and the first requests as they arrive.</summary>
internal static class ConnectCases
{
    public static IEnumerable<ConformanceCase> For(Workbench bench)
    {
        yield return new(CaseKind.Connect, "An account connects and its requests arrive as declared", ConnectsAsync, CaseNeeds.Nothing);
        if (bench.Connector.ProbeOf(bench.Scheme) is not null)
        {
            yield return new(CaseKind.Connect, "The probe passes and shows that the credential was used", ProbesAsync);
            if (!bench.Scheme.NeedsConsent && bench.Scheme is not OAuth2Scheme)
                yield return new(CaseKind.Connect, "The probe tells a wrong credential from a right one", ProbeRefusesAsync, CaseNeeds.Probe);
        }

        if (bench.StandIn.Scheme.AfterConnect.Count > 0 || bench.Scheme is OAuth2Scheme { Captures.Count: > 0 } or OAuth1Scheme { Captures.Count: > 0 })
            yield return new(CaseKind.Connect, "What the flow fills in by itself is filled in", CapturesAsync);
        if (bench.Scheme.Revoke is not null)
            yield return new(CaseKind.Connect, "Disconnecting tells the app as declared", RevokesAsync);
    }

    private static async Task ConnectsAsync(CaseRun run)
    {
        ConnectionId id;
        try
        {
            id = await run.Bench.ConnectAsync();
        }
        catch (KitException fault)
        {
            run.ExpectWire();
            run.Fail("the account connects", fault.Message.TrimEnd('.'), run.Problems.Count > 0 ? "See the other problems of this case."
                : run.Exchanges is [.., { Door: Door.Token, Reply.Status: 200 }] ? "Look at 'tokenResponse': what it names is not where the answer has it."
                : "Look at the fields, addresses and patterns of the scheme.");
            return;
        }

        run.ExpectWire();
        var failure = await run.Bench.SendAsync(id);
        run.ExpectWire();
        if (run.Problems.Count > 0)
            return;
        run.ExpectKind(failure, [null]);
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
        run.Expect(run.Exchanges.Any(e => e.Door == Door.Api), "a request reaches the app", "none did", CaseRun.ReportIt);
    }

    private static async Task ProbesAsync(CaseRun run)
    {
        var id = await run.ConnectAsync();
        var result = await run.Bench.ProbeAsync(id);
        run.ExpectWire();
        if (run.Problems.Count > 0)
            return;
        run.Expect(result is ProbeResult.Passed, "the probe passes", Words(result), "Look at 'probe', and at what the error rules make of a good answer.");
        if (result is ProbeResult.Passed { AccountLabel: var label } && run.Bench.Connector.ProbeOf(run.Bench.Scheme)!.AccountLabel is { } path)
            run.Expect(label == ApiAnswers.AccountLabel, $"the account's name is read from '{path}'", label is null ? "none was" : $"'{label}' was", "Look at 'probe.accountLabel'.");
        await run.ExpectStateAsync(id, ConnectionState.Connected, red: false);
    }

    private static async Task ProbeRefusesAsync(CaseRun run)
    {
        var other = run.Bench.Account.OtherSecrets(run.Bench.Scheme);
        if (other.Count == 0 || other.All(o => run.Bench.Account.Secrets[o.Key] == o.Value))
            return;
        var id = await run.Bench.ConnectAsync(other);
        var result = await run.Bench.ProbeAsync(id);
        run.Bench.StandIn.TakeFaults();
        run.Expect(result is ProbeResult.Failed { Failure.Kind: FailureKind.ModifiedCredentials or FailureKind.ClientRejected }, "a probe with another secret is refused", Words(result),
            result is ProbeResult.Passed ? "Point the probe at a path that answers 401 to a wrong credential: this one passes without." : "Look at 'errors': the refusal of a wrong credential has to mean modifiedCredentials.");
    }

    private static async Task CapturesAsync(CaseRun run)
    {
        var id = await run.ConnectAsync();
        await run.Bench.SendAsync(id);
        var connection = await run.Bench.ReadAsync(id);
        foreach (var capture in CapturesOf(run.Bench.Scheme).Where(c => c.Field is not null))
        {
            var seen = connection.Record.Fields.GetValueOrDefault(capture.Field!);
            var expected = run.Bench.StandIn.Captured.GetValueOrDefault(capture.Field!);
            run.Expect(seen is not null && seen == expected, $"the field '{capture.Field}' is filled from '{capture.Path}' ({capture.From})", seen is null ? "it is empty" : $"it is '{seen}'", "Look at 'from', 'path' and 'pattern' of the capture.");
        }
    }

    private static async Task RevokesAsync(CaseRun run)
    {
        var key = run.Bench.Scheme is LoginScheme ? "logout" : "revoke";
        var id = await TokenCases.UsedAsync(run);
        var result = await run.Bench.Get<ConnectionSetup>().DisconnectAsync(Workbench.Operator, id, CancellationToken.None);
        run.ExpectWire();
        var outcome = result is SetupResult<Disconnection>.Done { Value.Revocation: var given } ? given : null;
        run.Bench.Shown(outcome);
        run.Expect(outcome is RevocationOutcome.Revoked && run.CountAt(Door.Revocation) > 0, "the app is told that the credential is no longer wanted", outcome is RevocationOutcome.Failed { Failure: var failure } ? failure.Message : "it was not", $"Look at '{key}'.");
        await run.ExpectStateAsync(id, ConnectionState.Disconnected);
    }

    public static IEnumerable<Capture> CapturesOf(AuthScheme scheme) => scheme.AfterConnect.SelectMany(f => f.Captures).Concat(scheme switch
    {
        OAuth2Scheme oauth => oauth.Captures,
        OAuth1Scheme oauth => oauth.Captures,
        _ => [],
    });

    public static string Words(ProbeResult result) => result switch
    {
        ProbeResult.Passed => "it passed",
        ProbeResult.Failed { Failure: var failure } => $"it failed: {RuleReading.Name(failure.Kind)} ({failure.Message})",
        ProbeResult.NotPossible { Reason: var reason } => $"nothing was sent: {reason}",
        _ => "something else came",
    };
}
