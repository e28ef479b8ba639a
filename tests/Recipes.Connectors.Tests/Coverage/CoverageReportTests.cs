using System.Text.RegularExpressions;
using Recipes.Testing;

namespace Recipes.Connectors.Tests;

public sealed partial class CoverageReportTests
{
    [Fact]
    public void The_format_expresses_at_least_95_percent_of_the_providers_counted()
    {
        var (providers, features) = ProviderFeature.Load();

        var covered = CoverageReport.LeastCovered(providers, features);

        providers.ShouldBe(981);
        features.Count.ShouldBe(102);
        (covered / (double)providers).ShouldBeGreaterThanOrEqualTo(0.95);
    }

    [Fact]
    public void Each_feature_that_is_expressed_names_tests_that_exist_and_each_other_says_why()
    {
        var (_, features) = ProviderFeature.Load();
        var known = KnownTests();

        var wrong = features.SelectMany(f => f.Format is null
            ? f is { Missing.Length: > 10, Tests.Count: 0 } ? [] : [$"{f.Name}: says neither how nor why not"]
            : f.Tests.Count == 0 ? [$"{f.Name}: no test"] : f.Tests.Where(t => !known.Contains(t)).Select(t => $"{f.Name}: there is no test {t}"));

        string.Join('\n', wrong).ShouldBe("");
    }

    [Fact]
    public void The_page_is_what_the_command_makes()
    {
        var (providers, features) = ProviderFeature.Load();
        var path = RepositoryRoot.Combine("docs", "connectors.md");

        var page = CoverageReport.Make(providers, features, ConnectorCatalogue.Load([]).Connectors);
        if (Environment.GetEnvironmentVariable("RECIPES_WRITE_COVERAGE") == "1")
            File.WriteAllText(path, page);

        File.ReadAllText(path).ShouldBe(page, "run scripts/connector-coverage");
    }

    // By name in the sources: the tests of other projects are not loaded here.
    private static HashSet<string> KnownTests()
    {
        var known = new HashSet<string>();
        foreach (var file in Directory.EnumerateFiles(RepositoryRoot.Combine("tests"), "*.cs", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            if (!ClassName().Match(text).Success)
                continue;
            foreach (Match method in TestName().Matches(text))
                known.Add($"{ClassName().Match(text).Groups["name"].Value}.{method.Groups["name"].Value}");
        }

        return known;
    }

    [GeneratedRegex(@"\bclass (?<name>\w+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ClassName();

    [GeneratedRegex(@"public (async )?(Task|void) (?<name>\w+)\(", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestName();
}
