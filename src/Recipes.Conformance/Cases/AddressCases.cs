using System.Text.RegularExpressions;

namespace Recipes.Conformance;

/// <summary>Where values may lead: those that a flow fills in, and those that people type.</summary>
internal static class AddressCases
{
    private const string Foreign = "evil.example";

    public static IEnumerable<ConformanceCase> For(Workbench bench)
    {
        foreach (var capture in ConnectCases.CapturesOf(bench.Scheme).Where(c => c.Field is not null && Templates(bench).Any(t => t.Template.Fields.Contains(c.Field))))
            yield return new(CaseKind.Address, $"What is captured as '{capture.Field}' cannot lead to a foreign host", run => Run(run, capture), CaseNeeds.Nothing);
        foreach (var field in bench.Connector.FieldsOf(bench.Scheme).Where(f => !f.Automatic && f.Kind is FieldKind.Text && Templates(bench).Any(t => IsWithinHost(t.Template, f.Name))))
            yield return new(CaseKind.Address, $"What is typed as '{field.Name}' cannot lead to a foreign host", run => Run(run, field), CaseNeeds.Nothing);
    }

    private static Task Run(CaseRun run, Connections.Capture capture)
    {
        foreach (var hostile in Hostile(run.Bench.StandIn.SampleOf(capture)))
        {
            if (capture.Read(hostile) is { } value && LeadsAway(run.Bench, capture.Field!, value) is { } where)
            {
                run.Fail($"a value of '{capture.Path}' that leads away from the app is no value", $"the pattern {capture.Pattern} lets '{hostile}' through, and the {where} leads to {Foreign}",
                    "Narrow the pattern of the capture to the app's own hosts, with its dots escaped: \"^[a-z0-9-]+\\\\.app\\\\.example$\". Whoever changes the callback would get the credential.");
                break;
            }
        }

        return Task.CompletedTask;
    }

    private static Task Run(CaseRun run, Field field)
    {
        foreach (var hostile in Hostile(run.Bench.StandIn.Fields.GetValueOrDefault(field.Name) ?? "x"))
        {
            if (FieldValues.Check(field, hostile, run.Bench.Get<EgressGuard>()) is null && LeadsAway(run.Bench, field.Name, hostile) is { } where)
            {
                run.Fail($"'{field.Name}' fills in a part of the app's host and nothing else", $"'{hostile}' is taken, and the {where} leads to {Foreign}", $"Give the field '{field.Name}' a pattern, for instance \"^[a-z0-9-]+$\".");
                break;
            }
        }

        return Task.CompletedTask;
    }

    private static IEnumerable<string> Hostile(string good) =>
    [
        Foreign, $"https://{Foreign}", $"https://{Foreign}/", $"{Foreign}/", $"{Foreign}/{good}", $"{Foreign}#", $"{Foreign}?", $"{Foreign}:443/", $"x@{Foreign}/", $"{good}.{Foreign}", $"{good}.{Foreign}/",
        $"{good}@{Foreign}", $"{good}@{Foreign}/", $"https://{Foreign}/{good}", $"https://{Foreign}?{good}", $"https://{Foreign}#{good}", $"https://x.{Foreign}", $"{good}\\@{Foreign}",
        .. Inside(good),
    ];

    // The same host with another end: what a pattern with an unescaped dot or no end lets through.
    private static IEnumerable<string> Inside(string good)
    {
        var host = Regex.Match(good, "^(https?://)?([^/:?#]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        if (!host.Success)
            yield break;
        yield return $"{host.Value}.{Foreign}{good[host.Length..]}";
        yield return $"{host.Value}@{Foreign}{good[host.Length..]}";
    }

    // A field whose whole value is the host or the address is the user's own choice; one within a host that the connector names is not.
    private static bool IsWithinHost(FieldTemplate template, string field)
    {
        var source = template.Source;
        var at = source.IndexOf($"{{{{fields.{field}}}}}", StringComparison.Ordinal);
        var scheme = source.IndexOf("://", StringComparison.Ordinal);
        if (at < 0 || scheme < 0 || at < scheme)
            return false;
        var end = source.IndexOf('/', scheme + 3);
        var host = Regex.Replace(end < 0 ? source[(scheme + 3)..] : source[(scheme + 3)..end], "\\{\\{.*?\\}\\}", "", RegexOptions.None, TimeSpan.FromSeconds(1));
        return (end < 0 || at < end) && host.TrimStart('.').Contains('.', StringComparison.Ordinal);
    }

    // Which address leads to the foreign host with this value; null when none does.
    private static string? LeadsAway(Workbench bench, string field, string value)
    {
        var fields = bench.StandIn.Fields.ToDictionary();
        fields[field] = value;
        return Templates(bench).FirstOrDefault(t => t.Template.Fields.Contains(field) && t.Template.RenderOrNull(fields) is { } text && Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Host == Foreign || address.Host.EndsWith($".{Foreign}", StringComparison.OrdinalIgnoreCase))).What;
    }

    private static IEnumerable<(string What, FieldTemplate Template)> Templates(Workbench bench) =>
        bench.Connector.AddressesOf(bench.Scheme).Select(a => (a.What, a.Template)).Concat(bench.Scheme.AfterConnect.Select(f => ("address of a call after connecting", f.Address)));
}
