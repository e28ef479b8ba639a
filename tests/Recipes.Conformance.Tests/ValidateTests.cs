using System.Text.Json;
using Recipes.Testing;

namespace Recipes.Conformance.Tests;

/// <summary>Recipe files, without a host.</summary>
public sealed class ValidateTests : IDisposable
{
    private readonly CheckedFiles _files = new();

    [Fact]
    public async Task The_sample_recipes_are_sound()
    {
        var (code, output, error) = await CheckedFiles.RunAsync("validate", RepositoryRoot.Combine("recipes"));

        code.ShouldBe(0, output + error);
        output.ShouldContain("create-opportunity.json");
        output.ShouldContain(", 0 faults, ");
    }

    [Fact]
    public async Task Every_fault_is_told_at_once_with_step_and_place()
    {
        Add("caller", """{ "id": "ask", "name": "ask", "type": "Recipes.CallRecipe", "version": 1, "recipe": "absent" }""");
        var odd = Add("odd", """{ "id": "a", "name": "say", "type": "Elsa.WriteLine", "version": 1, "text": { "expression": { "type": "Handlebars", "value": "{{variables.none}}" } } }, { "id": "b", "type": "Elsa.WriteLines", "version": 1 }""");
        var torn = _files.Add("torn.json", "{\n  \"root\": }");

        var (code, output, _) = await CheckedFiles.RunAsync("validate", _files.Folder);

        code.ShouldBe(1);
        output.ShouldMatch("✗ .*caller\\.json\n    root\\.activities\\[1\\]\\.recipe \\(ask\\): It calls the recipe 'absent', which does not exist");
        output.ShouldMatch($"✗ {odd}\n    root\\.activities\\[1\\]\\.text.* \\(say\\): .*\n    root\\.activities\\[2\\]\\.type \\(b\\): .*Elsa\\.WriteLine");
        output.ShouldMatch($"✗ {torn}\n    line 2, column 11: ");
        output.ShouldEndWith("3 recipes, 4 faults, 0 warnings.\n");
    }

    [Fact]
    public async Task A_file_may_call_what_lies_beside_it_and_only_that_file_is_told_of()
    {
        Add("called", """{ "id": "a", "type": "Elsa.WriteLine", "version": 1, "text": "hello" }""");
        Add("broken", """{ "id": "a", "type": "Elsa.Nothing", "version": 1 }""");
        var caller = Add("caller", """{ "id": "ask", "type": "Recipes.CallRecipe", "version": 1, "recipe": "called" }""");

        var (code, output, _) = await CheckedFiles.RunAsync("validate", caller, "--json");

        code.ShouldBe(0, output);
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("passed").GetBoolean().ShouldBeTrue();
        json.RootElement.GetProperty("recipes").EnumerateArray().ShouldHaveSingleItem().GetProperty("recipe").GetString().ShouldBe("caller");
    }

    [Fact]
    public async Task Connectors_of_ones_own_are_known_by_their_folder_and_keys_need_not_be_set_up()
    {
        using var connectors = new TempFolder();
        File.WriteAllText(connectors.Combine("acme.yaml"), $"{CheckedFiles.Key}\nactions:\n  - name: Ping\n    request: {{ method: GET, path: /ping }}\n");
        Add("pings", """{ "id": "ping", "type": "Acme.Ping", "version": 1, "connection": "nobody-set-this-up" }""");

        var without = await CheckedFiles.RunAsync("validate", _files.Folder);
        var with = await CheckedFiles.RunAsync("validate", _files.Folder, "--connectors", connectors.Path);

        (without.Code, with.Code).ShouldBe((1, 0), with.Output);
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("validate", "/no/such/place")]
    [InlineData("validate", "/dev")]
    [InlineData("validate", ".", "--connectors", "/no/such/place")]
    public async Task Arguments_that_make_no_sense_are_told_with_code_2(params string[] arguments)
    {
        var (code, _, error) = await CheckedFiles.RunAsync(arguments);

        code.ShouldBe(2);
        error.ShouldNotBeEmpty();
    }

    public void Dispose() => _files.Dispose();

    private string Add(string name, string steps) => _files.Add($"{name}.json", $$"""
        { "definitionId": "{{name}}", "root": { "id": "flow", "type": "Elsa.Sequence", "version": 1, "activities": [ { "id": "start", "type": "Recipes.Callable", "version": 1 }, {{steps}} ] } }
        """);
}
