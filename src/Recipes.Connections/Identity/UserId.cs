using System.Diagnostics.CodeAnalysis;

namespace Recipes.Connections;

/// <summary>A person (or program) of the organisation or of a customer, by the name that sign-in gives: 1 to 128 characters, no white space or control characters.</summary>
public readonly record struct UserId
{
    private readonly string? _value;

    private UserId(string value) => _value = value;

    public string Value => _value ?? "";

    public static bool TryParse([NotNullWhen(true)] string? text, out UserId user)
    {
        var ok = text is { Length: > 0 and <= 128 } && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));
        user = ok ? new(text!) : default;
        return ok;
    }

    /// <exception cref="FormatException">When <paramref name="text"/> is no user name.</exception>
    public static UserId Parse(string text) =>
        TryParse(text, out var user) ? user : throw new FormatException("A user is 1 to 128 characters without white space.");

    public override string ToString() => Value;
}
