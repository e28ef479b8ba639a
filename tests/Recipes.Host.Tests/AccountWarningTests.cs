using System.Net;

namespace Recipes.Host.Tests;

/// <summary>Recipes warn where they would act through the wrong kind of account.</summary>
public sealed class AccountWarningTests
{
    private const string Connector = """
        connector: 1
        name: ledger
        displayName: Ledger
        baseAddress: https://ledger.example
        schemes: [{ type: apiKey, in: header, parameterName: X-Key }]
        """;

    [Theory]
    [InlineData("production", "sandbox", "unknown", "is said to be a sandbox account, and this is production")]
    [InlineData("production", "production", "personal", "one person's own account")]
    [InlineData("production", "production", "service", null)]
    [InlineData("production", "unknown", "unknown", null)]
    [InlineData("development", "production", "unknown", "is said to be a production account")]
    [InlineData("development", "sandbox", "personal", null)]
    public async Task A_recipe_warns_of_an_account_of_the_wrong_kind(string tenant, string environment, string accountKind, string? expected)
    {
        await using var place = await Workplace.StartAsync(
            configure: b => b.Configuration[$"{TenantOptions.Section}:Kind"] = tenant, prepare: p => File.WriteAllText(Path.Combine(p.ConnectorsFolder, "ledger.yaml"), Connector));
        (await place.Operator.PostAsync("/api/connection-definitions", new { key = "ledger", connector = "ledger" })).Is(HttpStatusCode.Created);
        (await place.Operator.PostAsync("/api/connections", new { definition = "ledger", owner = "organisation", environment, accountKind, fields = new { apiKey = Canaries.NewSecret("key") } })).Is(HttpStatusCode.Created);
        place.SaveRecipe("book", RecipeFiles.Sequence("book", $$"""{ "id": "send", "name": "send", "type": "Ledger.SendRequest", "version": 1, "connection": {{RecipeFiles.Literal("ledger")}}, "method": {{RecipeFiles.Literal("GET")}}, "path": {{RecipeFiles.Literal("/entries")}} }"""));
        using var person = await place.PersonAsync("operator");

        var needed = (await place.Operator.GetAsync("/api/recipes/book/connections-needed")).Is(HttpStatusCode.OK);
        var page = await person.OpenAsync("/recipes/book");

        var warning = (string?)needed.Json.AsArray().ShouldHaveSingleItem()!["warning"];
        if (expected is null)
            warning.ShouldBeNull();
        else
            warning!.ShouldContain(expected);
        page.QuerySelector(".warning")?.TextContent.Split(" See ")[0].ShouldBe(warning);
        (page.QuerySelector(".warning") is null).ShouldBe(warning is null);
    }
}
