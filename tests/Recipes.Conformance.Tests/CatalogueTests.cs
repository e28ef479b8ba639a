using System.Diagnostics;
using Recipes.Testing;

namespace Recipes.Conformance.Tests;

public sealed class CatalogueTests
{
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task The_whole_catalogue_passes_within_a_minute()
    {
        var files = ConnectorCheck.FilesAt(Path.Combine(RepositoryRoot.Path, "src", "Recipes.Connectors", "Catalogue"));
        var check = new ConnectorCheck();
        var reports = new ConnectorReport[files.Count];

        // The time of the processors: what else runs on the machine is not the kit's fault.
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await Parallel.ForEachAsync(Enumerable.Range(0, files.Count), async (i, cancellationToken) => reports[i] = await check.CheckAsync(files[i], cancellationToken));
        process.Refresh();
        var took = process.TotalProcessorTime - before;

        string.Join('\n', reports.Where(r => !r.Passed).Select(r => $"{r.File}\n{r.Sentences()}")).ShouldBeEmpty();
        reports.ShouldAllBe(r => r.Schemes.Count > 0 && r.Schemes.All(s => s.Skipped == null && s.Cases.Count > 10));
        took.ShouldBeLessThan(s_most);
    }
}
