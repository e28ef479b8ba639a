using Recipes.Testing;

namespace Recipes.Conformance.Tests;

public sealed class CatalogueTests
{
    [Fact]
    public async Task The_whole_catalogue_passes()
    {
        var files = ConnectorCheck.FilesAt(Path.Combine(RepositoryRoot.Path, "src", "Recipes.Connectors", "Catalogue"));
        var check = new ConnectorCheck();
        var reports = new ConnectorReport[files.Count];

        await Parallel.ForEachAsync(Enumerable.Range(0, files.Count), async (i, cancellationToken) => reports[i] = await check.CheckAsync(files[i], cancellationToken));

        string.Join('\n', reports.Where(r => !r.Passed).Select(r => $"{r.File}\n{r.Sentences()}")).ShouldBeEmpty();
        reports.ShouldAllBe(r => r.Schemes.Count > 0 && r.Schemes.All(s => s.Skipped == null && (s.Type == "webhook" ? s.Cases.Count >= 5 : s.Cases.Count > 10)));
    }
}
