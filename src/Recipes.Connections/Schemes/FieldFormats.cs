using System.Text.RegularExpressions;

namespace Recipes.Connections;

/// <summary>Checks the usual forms of texts.</summary>
internal static partial class FieldFormats
{
    private const int LongestHost = 253;

    /// <summary>What is wrong with a value, after the field's label; null when nothing is.</summary>
    public static string? Check(FieldFormat format, string value) => format switch
    {
        FieldFormat.Hostname when value.Contains("://", StringComparison.Ordinal) || value.Contains('/', StringComparison.Ordinal) =>
            "is a host name alone: leave out https:// and whatever follows the name.",
        FieldFormat.Hostname when value.Contains(':', StringComparison.Ordinal) => "is a host name alone: leave out the colon and what follows.",
        FieldFormat.Hostname when value.Length > LongestHost || !Host().IsMatch(value) => "must be a host name, for instance app.example.com.",
        FieldFormat.Email when value.Length > 254 || !Email().IsMatch(value) || !Host().IsMatch(value[(value.LastIndexOf('@') + 1)..]) =>
            "must be an e-mail address, for instance ada@example.com.",
        FieldFormat.Uuid when !Guid.TryParseExact(value, "D", out _) => "must be an id such as 123e4567-e89b-12d3-a456-426614174000.",
        _ => null,
    };

    [GeneratedRegex("^(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Host();

    [GeneratedRegex("^[^@\\s\"<>(),:;]{1,64}@[^@\\s]+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Email();
}
