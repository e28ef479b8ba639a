namespace Recipes.Conformance;

/// <summary>The connector's own error rules: each is met by an answer built for it.</summary>
internal static class RuleCases
{
    public static IEnumerable<ConformanceCase> For(Workbench bench)
    {
        for (var i = 0; i < bench.Connector.Errors.Count; i++)
        {
            var index = i;
            yield return new(CaseKind.Rules, $"Error rule {index + 1} ({RuleReading.Words(bench.Connector.Errors[index])})", run => RuleAsync(run, index), CaseNeeds.Nothing);
        }
    }

    private static async Task RuleAsync(CaseRun run, int index)
    {
        var rules = run.Bench.Connector.Errors;
        var rule = rules[index];
        var replies = RuleReplies.For(rules, index);
        if (replies.Count == 0)
        {
            run.Fail("an answer can be made to which the rule fits", "none could", rule.Pattern is null ? "Look at its conditions: they contradict each other." : $"Look at its pattern {rule.Pattern}: nothing that an app would say seems to fit it.");
            return;
        }

        var reply = replies[0];
        if (RuleReading.Deciding(rules, reply) is var deciding && deciding != index)
        {
            run.Fail("some answer is decided by this rule", $"rule {deciding + 1} ({RuleReading.Words(rules[deciding])}) comes first and takes every answer that it would fit, for instance {reply.Words}", "Put the narrower rule first, or take it out.");
            return;
        }

        if (IsPlainOutage(rule))
            run.Fail("an outage never condemns a credential", $"every {string.Join(" or ", rule.Statuses)} does by this rule", "Narrow it by a header, bodyPath or pattern that the app sends for a wrong credential only, or make its kind unavailable.");
        if (!run.MayConnect)
            return;
        var id = await run.ConnectAsync();
        await run.Bench.SendAsync(id);
        run.Bench.Proxy.Arm(Door.Api, new Fault.Reply(reply));
        var failure = await run.Bench.SendAsync(id);
        run.Bench.Proxy.Disarm();
        run.ExpectKind(failure, rule.Kind);
        if (rule.Kind == FailureKind.ModifiedCredentials)
        {
            await run.ExpectStateAsync(id, ConnectionState.Suspect, red: true);
            return;
        }

        await run.ExpectStateAsync(id, ConnectionState.Connected, red: rule.Kind == FailureKind.Misconfigured);
    }

    // By its status alone, which a proxy on the way or a deployment can bring about.
    private static bool IsPlainOutage(ErrorRule rule) =>
        rule is { Kind: FailureKind.ModifiedCredentials, BodyPath: null, Pattern: null } && (rule.Header is null || rule.HeaderAbsent) && rule.Statuses.Count > 0 && rule.Statuses.All(s => s is 408 or 423 or 425 or 429 or >= 500);
}
