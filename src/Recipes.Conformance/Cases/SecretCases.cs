using System.Text;

namespace Recipes.Conformance;

/// <summary>Nothing secret may get into what people see.</summary>
internal static class SecretCases
{
    public static IEnumerable<ConformanceCase> For(Workbench bench)
    {
        yield return new(CaseKind.Secrets, "An app that repeats the credential in its error leaks nothing", EchoAsync);
        yield return new(CaseKind.Secrets, "A redirect to another host does not carry the credential along", RedirectAsync);
        // To be the last: it looks at everything that was shown before.
        yield return new(CaseKind.Secrets, "No secret is in any log, failure, request line or record", run =>
        {
            Search(run);
            return Task.CompletedTask;
        }, CaseNeeds.Nothing);
    }

    private static async Task EchoAsync(CaseRun run)
    {
        var id = await run.ConnectAsync();
        run.Bench.Proxy.Arm(Door.Api, new Fault.Reply(request => StandInReply.Error(400, "bad_request", $"I got {request.Target} {string.Join("; ", request.Headers.Select(h => $"{h.Key}: {h.Value}"))} {request.Text}")));
        await run.Bench.SendAsync(id);
        run.Bench.Proxy.Disarm();
        await run.Bench.ReadAsync(id);
        Search(run);
    }

    private static async Task RedirectAsync(CaseRun run)
    {
        var id = await run.ConnectAsync();
        var elsewhere = new List<ReceivedRequest>();
        run.Bench.Proxy.Arm(Door.Api, new Fault.Reply(request =>
        {
            if (!request.Host.Equals("elsewhere.example", StringComparison.OrdinalIgnoreCase))
                return StandInReply.Redirect("https://elsewhere.example/landing");
            elsewhere.Add(request);
            return StandInReply.Json(200, new System.Text.Json.Nodes.JsonObject());
        }));
        await run.Bench.SendAsync(id, HttpMethod.Get);
        run.Bench.Proxy.Disarm();
        foreach (var request in elsewhere)
        {
            var text = $"{request.Target} {string.Join(' ', request.Headers.Values)} {request.Text}";
            run.Expect(!run.Bench.Secrets.Any(s => text.Contains(s, StringComparison.Ordinal) || text.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(s)), StringComparison.Ordinal)),
                "the credential stays with the app", "it went to another host", CaseRun.ReportIt);
        }
    }

    private static void Search(CaseRun run)
    {
        var texts = run.Bench.Texts;
        foreach (var secret in run.Bench.Secrets.Where(s => texts.Contains(s, StringComparison.Ordinal) || texts.Contains(Uri.EscapeDataString(s), StringComparison.Ordinal) || texts.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(s)), StringComparison.Ordinal)))
        {
            var field = run.Bench.Account.Secrets.FirstOrDefault(s => s.Value == secret).Key;
            run.Fail("no secret is shown", $"{(field is null ? "a secret that the app handed out" : $"the secret of the field '{field}'")} is in a log, a failure or a record", field is null ? "Keep it with 'secret:' rather than 'field:' in the capture." : CaseRun.ReportIt);
        }
    }
}
