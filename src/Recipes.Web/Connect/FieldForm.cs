using Microsoft.AspNetCore.Http;

namespace Recipes.Web;

/// <summary>The values of a connector's fields as an HTML form sends them.</summary>
internal static class FieldForm
{
    private const string Prefix = "field.";

    public static string NameOf(Field field) => Prefix + field.Name;

    /// <summary>What was typed, by field name. What was left empty was not given.</summary>
    public static Dictionary<string, Secret> Read(IFormCollection form) =>
        form.Where(f => f.Key.StartsWith(Prefix, StringComparison.Ordinal) && f.Value is [{ Length: > 0 }])
            .ToDictionary(f => f.Key[Prefix.Length..], f => new Secret(f.Value[0]!));

    /// <summary>What changes of a connection: a plain field that was emptied has no value any more, a secret one that was left empty stays.</summary>
    public static FieldChanges ReadChanges(IFormCollection form, IEnumerable<Field> fields) =>
        new(Read(form), [.. fields.Where(f => f.Kind != FieldKind.Secret && form.TryGetValue(NameOf(f), out var value) && string.IsNullOrWhiteSpace(value)).Select(f => f.Name)]);

    /// <summary>What may be shown again: never a secret.</summary>
    public static Dictionary<string, string> Plain(IEnumerable<Field> fields, IReadOnlyDictionary<string, Secret> given) =>
        fields.Where(f => f.Kind != FieldKind.Secret && given.ContainsKey(f.Name)).ToDictionary(f => f.Name, f => given[f.Name].Reveal());
}
