namespace Recipes.Conformance;

/// <summary>What only OAuth 2.0 has: grants, consent, OAuth apps, revocation.</summary>
internal static class OAuth2Cases
{
    public static IEnumerable<ConformanceCase> For(Workbench bench)
    {
        var scheme = (OAuth2Scheme)bench.Scheme;
        if (scheme.NeedsConsent)
        {
            yield return new(CaseKind.Credentials, "A revoked grant needs a person again, and is not tried any more", RevokedAsync);
            yield return new(CaseKind.Credentials, "A refresh without a new refresh token keeps the old one", KeepsAsync);
        }

        if (scheme.Grant == OAuth2Grant.AuthorizationCode)
        {
            yield return new(CaseKind.Permissions, "A consent that is refused connects nothing", RefusedConsentAsync);
            yield return new(CaseKind.Secrets, "A callback with a foreign state connects nothing", ForeignStateAsync);
        }

        if (scheme.NeedsClient || scheme.ClientIdField is not null)
            yield return new(CaseKind.Client, scheme.NeedsClient ? "A rejected OAuth app is told on the definition, connections keep their state" : "A rejected OAuth app of the account is the account's own fault", ClientAsync);
        if (IsFlat(scheme))
            yield return new(CaseKind.OddReplies, "A token reply as a form is read all the same", run => TokenCases.OddAsync(run, AsForm));
        if (scheme.RevocationEndpoint?.RenderOrNull(bench.StandIn.Fields) is not null && scheme.NeedsConsent)
            yield return new(CaseKind.Connect, "Disconnecting gives the grant back", RevocationAsync);
    }

    private static async Task RevokedAsync(CaseRun run)
    {
        var id = await TokenCases.UsedAsync(run);
        Provider(run).Grants.ForEach(g => g.IsRevoked = true);
        run.ExpectKind(await run.Bench.SendAsync(id), FailureKind.ModifiedCredentials);
        await run.ExpectStateAsync(id, ConnectionState.ReauthorizationRequired, red: true);
        var before = run.Exchanges.Count;
        await run.Bench.SendAsync(id);
        await run.Bench.ProbeAsync(id);
        run.Expect(run.Exchanges.Count == before, "a dead grant is not tried again", $"{run.Exchanges.Count - before} requests were sent", CaseRun.ReportIt);
    }

    private static async Task KeepsAsync(CaseRun run)
    {
        var id = await TokenCases.UsedAsync(run);
        Provider(run).Rotates = false;
        try
        {
            for (var i = 0; i < 2; i++)
            {
                TokenCases.Expire(run);
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
        var outcome = await run.Bench.AuthorizeAsync(id, back => Replace(back, "error=access_denied", Provider(run).OAuth.CodeParameter));
        run.Bench.StandIn.TakeFaults();
        run.Expect(outcome is FlowOutcome.Failed, "connecting fails and says why", outcome.ToString(), CaseRun.ReportIt);
        await run.ExpectStateAsync(id, ConnectionState.Pending);
    }

    private static async Task ForeignStateAsync(CaseRun run)
    {
        var id = await run.Bench.SetUpAsync();
        var outcome = await run.Bench.AuthorizeAsync(id, back => Replace(back, "state=somebody-elses-state", "state"));
        run.Bench.StandIn.TakeFaults();
        run.Expect(outcome is FlowOutcome.Rejected, "the callback is rejected", outcome.GetType().Name, CaseRun.ReportIt);
        run.Expect(run.CountAt(Door.Token) == 0, "the code is not exchanged", "it was", CaseRun.ReportIt);
        await run.ExpectStateAsync(id, ConnectionState.Pending);
    }

    private static async Task ClientAsync(CaseRun run)
    {
        var id = await TokenCases.UsedAsync(run);
        TokenCases.Expire(run);
        Provider(run).ClientChanged = true;
        Failure? failure;
        try
        {
            failure = await run.Bench.SendAsync(id);
        }
        finally
        {
            Provider(run).ClientChanged = false;
        }

        if (!run.Bench.Scheme.NeedsClient)
        {
            // Only the account's owner can put it right.
            run.ExpectKind(failure, FailureKind.ModifiedCredentials);
            return;
        }

        run.ExpectKind(failure, FailureKind.ClientRejected);
        await run.ExpectStateAsync(id, ConnectionState.Connected);
        var definition = await run.Bench.Get<IConnectionStore>().FindDefinitionAsync((await run.Bench.ReadAsync(id)).DefinitionId, CancellationToken.None);
        run.Expect(definition?.ClientFailure is not null, "the definition says that its OAuth app was rejected", "it does not", CaseRun.ReportIt);
        run.Bench.Clock.Advance(TimeSpan.FromMinutes(3));
        run.ExpectKind(await run.Bench.SendAsync(id), [null]);
    }

    private static async Task RevocationAsync(CaseRun run)
    {
        var id = await TokenCases.UsedAsync(run);
        await run.Bench.Get<ConnectionSetup>().DisconnectAsync(Workbench.Operator, id, CancellationToken.None);
        run.ExpectWire();
        run.Expect(run.CountAt(Door.Revocation) == 1, "the provider is told once", $"{run.CountAt(Door.Revocation)} times", "Look at 'revocationEndpoint'.");
        await run.ExpectStateAsync(id, ConnectionState.Disconnected);
    }

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
