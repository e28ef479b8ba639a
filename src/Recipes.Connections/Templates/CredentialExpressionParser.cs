using System.Globalization;

namespace Recipes.Connections;

/// <summary>Parses one placeholder, from behind its opening braces to behind the closing ones.</summary>
internal sealed class CredentialExpressionParser(string source, int position)
{
    private const int Deepest = 8;
    private static readonly string[] s_roots = ["fields", "secrets", "tokens", "client", "values", "request"];

    public int Position { get; private set; } = position;
    public string? Error { get; private set; }

    public CredentialExpression? ParsePlaceholder()
    {
        var expression = ParseCall("}}", 0);
        if (expression is not null)
            Position += 2;
        return expression;
    }

    // A function with arguments, or a single value, up to the closing mark, which is not taken.
    private CredentialExpression? ParseCall(string close, int depth)
    {
        if (depth > Deepest)
            return Fail($"Nested deeper than {Deepest}.");
        SkipSpaces();
        if (At(close))
            return Fail("Nothing is said here.");
        if (Position < source.Length && source[Position] is '"' or '\'')
            return ParseValue(depth) is { } text && Closes(close) ? text : Fail("A text stands alone here.");
        var start = Position;
        var word = Word();
        SkipSpaces();
        if (word.Contains('.', StringComparison.Ordinal))
            return PathOf(word, start) is { } path && Closes(close) ? path : Fail(Error ?? (Position >= source.Length ? $"'{close}' is missing." : $"'{word}' is a value and takes no arguments; functions stand first."));

        if (CredentialFunctions.Find(word) is not { } function)
        {
            Position = start;
            return Fail(word.Length == 0
                ? $"'{(start < source.Length ? source[start] : ' ')}' cannot stand here."
                : $"'{word}' is no function: {string.Join(", ", CredentialFunctions.Names)}. A value is written with its root, such as secrets.apiKey.");
        }

        var arguments = new List<CredentialExpression>();
        while (!At(close))
        {
            if (Position >= source.Length || source[Position] == '}')
                return Fail($"'{close}' is missing.");
            if (ParseValue(depth) is not { } argument)
                return null;
            arguments.Add(argument);
            SkipSpaces();
        }

        if (arguments.Count < function.Fewest || arguments.Count > function.Most)
        {
            Position = start;
            return Fail($"'{word}' takes {function.Usage}.");
        }

        return new CredentialExpression.Call(function, arguments);
    }

    private CredentialExpression? ParseValue(int depth)
    {
        switch (source[Position])
        {
            case '"' or '\'':
                var end = source.IndexOf(source[Position], Position + 1);
                if (end < 0)
                    return Fail("The text is not closed.");
                var text = source[(Position + 1)..end].Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\r", "\r", StringComparison.Ordinal);
                Position = end + 1;
                return new CredentialExpression.Constant(text);
            case '(':
                Position++;
                var inner = ParseCall(")", depth + 1);
                if (inner is not null)
                    Position++;
                return inner;
        }

        var start = Position;
        var word = Word();
        if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            return new CredentialExpression.Constant(word);
        return PathOf(word, start);
    }

    private CredentialExpression.Path? PathOf(string word, int start)
    {
        var dot = word.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && dot < word.Length - 1 && Array.IndexOf(s_roots, word[..dot]) >= 0 && word[(dot + 1)..].All(char.IsAsciiLetterOrDigit))
            return new(word[..dot], word[(dot + 1)..]);
        Position = start;
        Error = word.Length == 0 ? "A value is expected here." : $"'{word}' is no value: write one of {string.Join(", ", s_roots)}, a dot and a name. A function with arguments stands in parentheses.";
        return null;
    }

    private string Word()
    {
        var start = Position;
        while (Position < source.Length && (char.IsAsciiLetterOrDigit(source[Position]) || source[Position] is '.' or '-' or '_' or '+'))
            Position++;
        return source[start..Position];
    }

    private bool Closes(string close)
    {
        SkipSpaces();
        return At(close);
    }

    private bool At(string close) => string.CompareOrdinal(source, Position, close, 0, close.Length) == 0;

    private void SkipSpaces()
    {
        while (Position < source.Length && source[Position] is ' ' or '\n' or '\t')
            Position++;
    }

    private CredentialExpression? Fail(string error)
    {
        Error ??= error;
        return null;
    }
}
