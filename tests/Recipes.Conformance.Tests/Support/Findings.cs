namespace Recipes.Conformance.Tests;

internal static class Findings
{
    public static IReadOnlyList<Problem> Problems(this ConnectorReport report) => [.. report.Schemes.SelectMany(s => s.Cases).SelectMany(c => c.Problems)];

    /// <summary>Everything that was found, as people read it.</summary>
    public static string Sentences(this ConnectorReport report) => string.Join('\n', [.. report.Faults, .. report.Problems().Select(p => p.ToString())]);

    /// <summary>That nothing was found and every case tried.</summary>
    public static void ShouldBeClean(this ConnectorReport report)
    {
        report.Sentences().ShouldBeEmpty();
        report.Schemes.ShouldAllBe(s => s.Untried == 0 && s.Skipped == null && (s.Type == "webhook" ? s.Cases.Count >= 5 : s.Cases.Count > 10));
    }
}
