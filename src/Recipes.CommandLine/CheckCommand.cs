using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using Recipes.Conformance;

namespace Recipes.CommandLine;

/// <summary><c>recipes connectors check</c>: connector files against stand-ins for their apps.</summary>
internal static class CheckCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var path = new Argument<string>("path") { Description = "A connector file, or a folder of them." };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var scheme = new Option<string?>("--scheme") { Description = "Try the schemes of that name only." };
        var verbose = new Option<bool>("--verbose") { Description = "Name every case, also those that pass." };
        var provider = new Option<string?>("--stand-in") { Description = "A connector file by whose words the stand-in goes in place of the checked one: the app as it really is." };
        var command = new Command("check", "Check connector files: their text, and how connections made by them behave when an app is well, wrong or in trouble. Nothing leaves this machine.")
        {
            path, json, scheme, verbose, provider,
        };
        command.SetAction((parsed, cancellationToken) => CheckAsync(
            parsed.GetValue(path)!,
            new ConnectorCheck { OnlyScheme = parsed.GetValue(scheme), ProviderFile = parsed.GetValue(provider) },
            parsed.GetValue(json) ? new JsonReport(output) : new TextReport(output, parsed.GetValue(verbose)),
            error, cancellationToken));
        return command;
    }

    private static async Task<int> CheckAsync(string path, ConnectorCheck check, ICheckReport report, TextWriter error, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> files;
        try
        {
            files = ConnectorCheck.FilesAt(path);
            if (check.ProviderFile is { } provider && !File.Exists(provider))
                throw new FileNotFoundException($"There is no file '{provider}'.");
        }
        catch (FileNotFoundException fault)
        {
            await error.WriteLineAsync(fault.Message);
            return RecipesCommand.BadArguments;
        }

        var started = Stopwatch.GetTimestamp();
        var reports = new ConcurrentBag<ConnectorReport>();
        await report.WhileCheckingAsync(files.Count, done => Parallel.ForEachAsync(files, cancellationToken, async (file, token) =>
        {
            var result = await check.CheckAsync(file, token);
            reports.Add(result);
            done(result);
        }));
        ConnectorReport[] all = [.. reports.OrderBy(r => r.File, StringComparer.Ordinal)];
        if (check.OnlyScheme is { } only && all.All(r => r.Faults.Count == 0 && r.Schemes.Count == 0))
        {
            await error.WriteLineAsync($"There is no scheme '{only}'.");
            return RecipesCommand.BadArguments;
        }

        report.Finish(all, Stopwatch.GetElapsedTime(started));
        return all.All(r => r.Passed) ? RecipesCommand.Passed : RecipesCommand.Failed;
    }
}
