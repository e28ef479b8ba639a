using System.Text.Json.Nodes;

namespace Recipes.Host.Tests;

/// <summary>What Studio writes by itself beside what somebody meant: it is read as it was meant.</summary>
public sealed class StudioHabitTests
{
    [Fact]
    public async Task An_argument_that_was_given_a_name_but_no_title_is_called_by_its_name()
    {
        await using var place = await Workplace.StartAsync();
        var studio = new Designer(place.Operator, "one window");
        var made = await studio.CreateAsync("Titles");
        made["inputs"] = new JsonArray(Argument("account", "Input 1"), Argument("Input2", "Input 2"), Argument("amount", "How much"));
        made["outputs"] = new JsonArray(Argument("accountId", "Output 1"));

        var saved = await studio.SaveAsync(made);
        saved["inputs"]![0]!["displayName"] = "Input 1";
        saved = await studio.SaveAsync(saved);

        saved["inputs"]!.AsArray().Select(i => (string?)i!["displayName"]).ShouldBe(["account", "Input 2", "How much"]);
        ((string?)saved["outputs"]![0]!["displayName"]).ShouldBe("accountId");

        static JsonObject Argument(string name, string title) => new() { ["type"] = "String", ["name"] = name, ["displayName"] = title };
    }

    [Fact]
    public async Task A_title_that_stands_in_the_file_stays_when_its_argument_is_renamed()
    {
        await using var place = await Workplace.StartAsync();
        place.SaveRecipe("titled", """{ "definitionId": "titled", "name": "Titled", "inputs": [{ "type": "String", "name": "amount", "displayName": "Input 1" }], "root": { "id": "all", "type": "Elsa.Sequence", "version": 1, "activities": [{ "id": "start", "type": "Recipes.Callable", "version": 1 }] } }""");
        var studio = new Designer(place.Operator, "one window");
        var opened = await studio.OpenAsync("titled");
        opened["inputs"]![0]!["name"] = "sum";

        var saved = await studio.SaveAsync(opened);

        ((string?)saved["inputs"]![0]!["name"], (string?)saved["inputs"]![0]!["displayName"]).ShouldBe(("sum", "Input 1"));
    }

    [Fact]
    public async Task A_template_that_is_typed_into_a_plain_field_is_one_and_a_text_that_the_file_calls_a_literal_stays_one()
    {
        await using var place = await Workplace.StartAsync();
        const string step = """"{ "id": "STEP", "type": "Elsa.WriteLine", "version": 1, "text": { "typeName": "String", "expression": { "type": "Literal", "value": "{{as it is}}" } } }"""";
        place.SaveRecipe("braces", $$"""{ "definitionId": "braces", "name": "Braces", "root": { "id": "all", "type": "Elsa.Sequence", "version": 1, "activities": [{ "id": "start", "type": "Recipes.Callable", "version": 1 }, {{step.Replace("STEP", "say", StringComparison.Ordinal)}}, {{step.Replace("STEP", "keep", StringComparison.Ordinal)}}, {{step.Replace("STEP", "reword", StringComparison.Ordinal)}}] } }""");
        var studio = new Designer(place.Operator, "one window");
        var typed = await studio.OpenAsync("braces");
        var reworded = Designer.Step(typed, "reword")["text"]!["expression"]!;
        reworded["value"] = "{{as it is}}, in other words";
        // Somebody wipes out what was there before they type.
        Designer.Set(Designer.Step(typed, "say"), "text", "");
        typed = await studio.SaveAsync(typed);
        Designer.Set(Designer.Step(typed, "say"), "text", "Hello {{input.name}}");

        // A window goes on sending what it holds.
        await studio.SaveAsync(typed);
        var saved = await studio.SaveAsync(typed);

        ((string?)Designer.Step(saved, "say")["text"]!["expression"]!["type"]).ShouldBe("Handlebars");
        ((string?)Designer.Step(saved, "keep")["text"]!["expression"]!["type"]).ShouldBe("Literal");
        ((string?)Designer.Step(saved, "reword")["text"]!["expression"]!["type"], (string?)Designer.Step(saved, "reword")["text"]!["expression"]!["value"]).ShouldBe(("Literal", "{{as it is}}, in other words"));
    }
}
