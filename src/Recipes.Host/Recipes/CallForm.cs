using System.Globalization;
using System.Text.Json;
using Recipes.Connectors;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>The form that calls a recipe from its page: one field for each input.</summary>
internal static class CallForm
{
    /// <summary>What a browser's field for an input is like.</summary>
    public static string FieldTypeOf(RecipeInput input) => input.Type switch
    {
        { IsList: true } => "json",
        { Kind: DataKind.Boolean } => "checkbox",
        { Kind: DataKind.Whole or DataKind.Number } => "number",
        { Kind: DataKind.Text or DataKind.Guid or DataKind.Span or DataKind.Time or DataKind.Date or DataKind.TimeOfDay } => "text",
        _ => "json",
    };

    /// <summary>Reads what was typed; an empty field is an input that is not given.</summary>
    /// <param name="faults">By input: what could not be read.</param>
    public static Dictionary<string, object?> Read(Recipe recipe, IFormCollection form, out Dictionary<string, string> faults)
    {
        var (values, wrong) = (new Dictionary<string, object?>(), new Dictionary<string, string>());
        foreach (var input in recipe.Inputs)
        {
            var text = form[$"input.{input.Name}"].ToString();
            switch (FieldTypeOf(input))
            {
                case "checkbox":
                    values[input.Name] = text == "true";
                    break;
                case var _ when text.Length == 0:
                    break;
                case "number" when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole):
                    values[input.Name] = whole;
                    break;
                case "number" when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                    values[input.Name] = number;
                    break;
                case "number":
                    wrong[input.Name] = "Type a number, with a point before decimals.";
                    break;
                case "json":
                    ReadJson(input.Name, text, values, wrong);
                    break;
                default:
                    values[input.Name] = text;
                    break;
            }
        }

        faults = wrong;
        return values;
    }

    private static void ReadJson(string name, string text, Dictionary<string, object?> values, Dictionary<string, string> faults)
    {
        try
        {
            values[name] = PlainData.Parse(text);
        }
        catch (JsonException e)
        {
            faults[name] = e.LineNumber is { } line ? $"This is not JSON (line {line + 1}, byte {e.BytePositionInLine + 1})." : e.Message;
        }
    }
}
