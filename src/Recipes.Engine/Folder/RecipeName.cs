using System.Text;

namespace Recipes.Engine;

/// <summary>Names of recipes: what their files are called, without <c>.json</c>.</summary>
public static class RecipeName
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxLength = 100;

    // Without the tables of ICU nothing else takes accents off.
    private const string Accented = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿšžčćđłńśźżąęğış";
    private const string Plain = "aaaaaaceeeeiiiinoooooouuuuyyszccdlnszzaegis";

    /// <summary>Whether a file of that name can be written: letters, digits, <c>-</c>, <c>_</c> and inner dots, beginning with a letter or digit.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(name[0]) && name[^1] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>A name made from words for people: <c>Lead to opportunity!</c> becomes <c>lead-to-opportunity</c>.</summary>
    /// <returns><c>recipe</c> where nothing of it can be used.</returns>
    public static string From(string words)
    {
        var name = new StringBuilder();
        foreach (var given in words)
        {
            if (name.Length >= MaxLength - 10)
                break;
            var c = char.ToLowerInvariant(given);
            if (Accented.IndexOf(c, StringComparison.Ordinal) is >= 0 and var place)
                c = Plain[place];
            if (char.IsAsciiLetterOrDigit(c))
                name.Append(c);
            else if (c == 'ß')
                name.Append("ss");
            // An apostrophe belongs to its word.
            else if (c is not ('\'' or '’') && name.Length > 0 && name[^1] != '-')
                name.Append('-');
        }

        var text = name.ToString().TrimEnd('-');
        return text.Length == 0 ? "recipe" : text;
    }
}
