using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recipes.Connections;
using Recipes.Connectors;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>The form that calls a recipe from its page: one field for each input.</summary>
internal static class CallForm
{
    /// <summary>Field with an id of the form: sent twice with the same values, the recipe is called once.</summary>
    public const string Once = "once";

    public static string NameOf(RecipeInput input) => $"input.{input.Name}";

    /// <summary>Field with the offset from UTC that a point in time was typed in; empty means UTC.</summary>
    public static string ZoneNameOf(RecipeInput input) => $"zone.{input.Name}";

    public static CallControl ControlOf(RecipeInput input) => input.Type switch
    {
        { IsList: true, Kind: DataKind.Any or DataKind.Object } => CallControl.Json,
        { IsList: true } => CallControl.Lines,
        { Kind: DataKind.Boolean } => input.Required ? CallControl.Checkbox : CallControl.YesNo,
        { Kind: DataKind.Whole or DataKind.Number } => CallControl.Number,
        { Kind: DataKind.Date } => CallControl.Date,
        { Kind: DataKind.TimeOfDay } => CallControl.TimeOfDay,
        { Kind: DataKind.Time } => CallControl.Moment,
        { Kind: DataKind.Span } => CallControl.Duration,
        { Kind: DataKind.Text or DataKind.Guid } => CallControl.Text,
        _ => CallControl.Json,
    };

    /// <summary>Reads what was typed; an empty field is an input that is not given.</summary>
    /// <param name="faults">By input: what could not be read.</param>
    public static Dictionary<string, object?> Read(Recipe recipe, IFormCollection form, out Dictionary<string, string> faults)
    {
        var (values, wrong) = (new Dictionary<string, object?>(), new Dictionary<string, string>());
        foreach (var input in recipe.Inputs)
        {
            var (text, control) = (form[NameOf(input)].ToString(), ControlOf(input));
            if (control == CallControl.Checkbox)
                values[input.Name] = text == "true";
            else if (text.Length == 0)
                continue;
            else if (Read(input, control, text, form[ZoneNameOf(input)].ToString(), out var value) is { } fault)
                wrong[input.Name] = fault;
            else
                values[input.Name] = value;
        }

        faults = wrong;
        return values;
    }

    /// <summary>What a value is shown as in its field.</summary>
    public static string Show(RecipeInput input, object? value) => (ControlOf(input), value) switch
    {
        (_, null) => "",
        (CallControl.Json, _) => Pretty(value),
        (CallControl.Lines, IReadOnlyList<object?> items) => items.All(i => i is not string text || IsLine(text)) && items is not [string and ['[', ..], ..] ? string.Join('\n', items.Select(Plain)) : Pretty(value),
        (CallControl.Moment, string text) when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
        (CallControl.TimeOfDay, string text) when TimeOnly.TryParse(text, CultureInfo.InvariantCulture, out var time) => time.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        _ => Plain(value),
    };

    /// <summary>What was typed into a field, as it is shown again.</summary>
    public static string Typed(RecipeInput input, IFormCollection form)
    {
        var text = form[NameOf(input)].ToString();
        return text.Length > 0 && ControlOf(input) == CallControl.Moment && Read(input, CallControl.Moment, text, form[ZoneNameOf(input)].ToString(), out var value) is null ? Show(input, value) : text;
    }

    /// <summary>What makes a call of the page one that is done once: the form, who sends it, and what is in it.</summary>
    public static string? OnceKeyOf(Caller caller, IFormCollection form, IReadOnlyDictionary<string, object?> values)
    {
        if (!Guid.TryParseExact(form[Once].ToString(), "N", out var id))
            return null;
        var hash = SHA256.HashData(PlainData.ToUtf8Json(values));
        return $"{caller.User.Value.Length}:{caller.User}:{id:N}{Convert.ToHexStringLower(hash.AsSpan(0, 8))}";
    }

    private static string? Read(RecipeInput input, CallControl control, string text, string zone, out object? value)
    {
        value = text;
        switch (control)
        {
            case CallControl.Number:
                return TryNumber(text, out value) ? null : "Type a number, with a point before decimals.";
            case CallControl.YesNo:
                value = text == "true";
                return null;
            case CallControl.Moment:
                // As browsers send it, it says no zone.
                if (DateTime.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFF"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
                    value = DateTimeOffset.TryParse($"{local:yyyy-MM-dd'T'HH:mm:ss}{(zone.Length > 0 ? zone : "Z")}", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at.ToString("O", CultureInfo.InvariantCulture) : text;
                return null;
            case CallControl.Lines when text.TrimStart() is not ['[', ..]:
                return ReadLines(input, text, out value);
            case CallControl.Lines or CallControl.Json:
                return ReadJson(text, out value);
            default:
                return null;
        }
    }

    private static string? ReadLines(RecipeInput input, string text, out object? value)
    {
        var items = new List<object?>();
        value = items;
        foreach (var line in text.Split('\n').Select(l => l.TrimEnd('\r')).Where(l => !string.IsNullOrWhiteSpace(l)))
        {
            switch (input.Type.Kind)
            {
                case DataKind.Whole or DataKind.Number when TryNumber(line.Trim(), out var number):
                    items.Add(number);
                    break;
                case DataKind.Whole or DataKind.Number:
                    return $"Type one number a line, with a point before decimals: '{line.Trim()}' is none.";
                case DataKind.Boolean:
                    if (line.Trim() is not ("true" or "false"))
                        return "Type true or false, one a line.";
                    items.Add(line.Trim() == "true");
                    break;
                default:
                    items.Add(line);
                    break;
            }
        }

        return null;
    }

    private static string? ReadJson(string text, out object? value)
    {
        value = null;
        try
        {
            value = PlainData.Parse(text);
            return null;
        }
        catch (JsonException e)
        {
            return e.LineNumber is { } line ? $"This is not JSON (line {line + 1}, byte {e.BytePositionInLine + 1})." : e.Message;
        }
    }

    private static bool TryNumber(string text, out object? number)
    {
        number = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
            : decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? exact : null;
        return number is not null;
    }

    // A text that would be read otherwise than it was written is shown as JSON.
    private static bool IsLine(string text) => !string.IsNullOrWhiteSpace(text) && !text.Contains('\n', StringComparison.Ordinal);

    private static string Plain(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => PlainData.ToJson(value),
    };

    private static string Pretty(object? value) => PrettyJson.Of(PlainData.ToUtf8Json(value));
}
