using System.Text.Json;

namespace Recipes.Web;

/// <summary>A field on a form, with the condition under which it is asked for there.</summary>
/// <param name="DependsOn">The field on the same form that decides; null when it is asked for in any case.</param>
public sealed record ShownField(Field Field, Field? DependsOn)
{
    /// <summary>The fields that people fill in, once these values are fixed.</summary>
    public static IReadOnlyList<ShownField> Of(ConnectorProfile connector, AuthScheme scheme, IReadOnlyDictionary<string, string> presets)
    {
        var set = connector.FieldSetOf(scheme);
        return [.. from field in connector.FieldsOf(scheme)
                   where !field.Automatic && !presets.ContainsKey(field.Name)
                   let asked = set.IsAskedUnder(field, presets)
                   where asked is not false
                   select new ShownField(field, asked is null ? set.Find(field.When!.Field) : null)];
    }

    /// <summary>The condition for people: "Only when Region is Custom."</summary>
    public string? Condition => DependsOn is null ? null : $"Only when {DependsOn.Label} is {string.Join(" or ", Field.When!.Is.Select(DependsOn.Show))}.";

    /// <summary>The deciding values for the script of the form.</summary>
    internal string? Values => DependsOn is null ? null : JsonSerializer.Serialize(Field.When!.Is.ToArray());
}
