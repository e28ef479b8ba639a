using Recipes.Conformance;
using Spectre.Console;

namespace Recipes.CommandLine;

/// <summary>Tells a check to people: a bar while it runs on a terminal, plain lines elsewhere; then a table, and a sentence for each thing found.</summary>
internal sealed class TextReport : ICheckReport
{
    // Columns that the table needs for its headings.
    private const int NarrowestTable = 140;

    private const int PlainWidth = 150;
    private static readonly CaseKind[] s_kinds = Enum.GetValues<CaseKind>();
    private readonly TextWriter _output;
    private readonly IAnsiConsole _console;
    private readonly bool _verbose;

    public TextReport(TextWriter output, bool verbose)
    {
        (_output, _verbose) = (output, verbose);
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
            _console.Profile.Width = PlainWidth;
    }

    public Task WhileCheckingAsync(int files, Func<Action<ConnectorReport>, Task> work)
    {
        if (_console.Profile.Capabilities.Interactive)
        {
            return _console.Progress().AutoClear(true).StartAsync(async progress =>
            {
                var bar = progress.AddTask(files == 1 ? "Checking" : $"Checking {files} connectors", maxValue: files);
                await work(_ => bar.Increment(1));
            });
        }

        var writing = new Lock();
        return work(report =>
        {
            lock (writing)
                Line($"{Mark(report.Passed)} {Path.GetFileName(report.File)} ({report.Took.TotalSeconds:0.00} s)");
        });
    }

    public void Finish(IReadOnlyList<ConnectorReport> reports, TimeSpan took)
    {
        foreach (var fault in reports.SelectMany(r => r.Faults))
            Line(fault);
        if (_console.Profile.Width < NarrowestTable)
            TellInLines(reports);
        else if (reports.Any(r => r.Schemes.Count > 0))
            _console.Write(TableOf(reports));
        foreach (var report in reports)
            Tell(report);
        var failed = reports.Count(r => !r.Passed);
        var cases = reports.SelectMany(r => r.Schemes).Sum(s => s.Cases.Count);
        Line($"{reports.Count - failed} of {reports.Count} {(reports.Count == 1 ? "connector passes" : "connectors pass")}, {cases} cases in {took.TotalSeconds:0.0} s.");
    }

    private static Table TableOf(IReadOnlyList<ConnectorReport> reports)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("connector, scheme").NoWrap());
        foreach (var kind in s_kinds)
            table.AddColumn(new TableColumn(Heading(kind)).Centered());
        foreach (var (report, scheme) in reports.SelectMany(r => r.Schemes.Select(s => (r, s))))
            table.AddRow([Markup.Escape($"{report.Connector} {scheme.Scheme}"), .. s_kinds.Select(k => Cell([.. scheme.Cases.Where(c => c.Kind == k)]))]);
        return table;
    }

    // The headings of the table are no words any more on a narrow terminal.
    private void TellInLines(IReadOnlyList<ConnectorReport> reports)
    {
        foreach (var (report, scheme) in reports.SelectMany(r => r.Schemes.Select(s => (r, s))))
        {
            var failed = scheme.Cases.Where(c => !c.Passed).Select(c => Heading(c.Kind)).Distinct().ToArray();
            Line($"{Mark(failed.Length == 0)} {report.Connector} {scheme.Scheme}: {scheme.Cases.Count(c => c.Passed)} of {scheme.Cases.Count} cases{(failed.Length == 0 ? "" : $"; not {string.Join(", ", failed)}")}");
        }
    }

    private void Tell(ConnectorReport report)
    {
        foreach (var scheme in report.Schemes)
        {
            if (scheme.Skipped is { } reason)
                Line($"- {report.Connector} {scheme.Scheme}: not tried. {reason}");
            foreach (var result in scheme.Cases.Where(c => _verbose || !c.Passed))
            {
                Line($"{Mark(result.Passed)} {report.Connector} {scheme.Scheme}: {result.Name}");
                foreach (var problem in result.Problems)
                    Line($"    {problem}");
            }

            if (scheme.Untried > 0)
                Line($"  {scheme.Untried} further cases of {report.Connector} {scheme.Scheme} were not tried: they build on what did not work.");
        }

        foreach (var note in report.Notes)
            Line($"  Note: {report.Connector} {note}");
    }

    // As it is: a sentence is for whoever searches for it, a terminal breaks lines by itself.
    private void Line(string text) => _output.WriteLine(text);

    private static string Cell(CaseResult[] cases) => cases.Length == 0 ? "–" : cases.All(c => c.Passed) ? "[green]✓[/]" : $"[red]✗ {cases.Count(c => !c.Passed)}[/]";

    private static string Mark(bool passed) => passed ? "✓" : "✗";

    private static string Heading(CaseKind kind) => kind switch
    {
        CaseKind.RateLimit => "limits",
        CaseKind.OddReplies => "odd replies",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
