using System.Globalization;

namespace Recipes.Conformance;

/// <summary>Reads a regular expression of the kind that connector files may have (no look-around, no back-references).</summary>
/// <exception cref="FormatException">When it holds something else.</exception>
internal sealed class PatternParser(string pattern)
{
    private const string Digits = "0123456789";
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private const string Word = Letters + Digits;
    private static readonly string s_any = string.Concat(Enumerable.Range(0x20, 0x5f).Select(c => (char)c));
    private int _at;

    public PatternNode Parse()
    {
        var node = ParseEither();
        return _at == pattern.Length ? node : throw new FormatException($"'{pattern}' cannot be read at position {_at + 1}.");
    }

    private PatternNode ParseEither()
    {
        List<PatternNode> ways = [ParseSequence()];
        while (Take('|'))
            ways.Add(ParseSequence());
        return ways.Count == 1 ? ways[0] : new PatternNode.Either(ways);
    }

    private PatternNode.Sequence ParseSequence()
    {
        var parts = new List<PatternNode>();
        while (_at < pattern.Length && pattern[_at] is not ('|' or ')'))
        {
            if (ParseAtom() is { } atom)
                parts.Add(ParseQuantifier(atom));
        }

        return new(parts);
    }

    // Null for what stands for no character.
    private PatternNode? ParseAtom()
    {
        switch (pattern[_at++])
        {
            case '^' or '$':
                return null;
            case '.':
                return new PatternNode.Characters(Word);
            case '[':
                return new PatternNode.Characters(ParseClass());
            case '(':
                return ParseGroup();
            case '\\':
                var escaped = Next();
                return escaped is 'A' or 'z' or 'Z' or 'b' or 'B' ? null : new PatternNode.Characters(Escaped(escaped));
            case var plain:
                return new PatternNode.Characters(plain.ToString());
        }
    }

    private PatternNode? ParseGroup()
    {
        if (Take('?'))
        {
            if (_at < pattern.Length && pattern[_at] is '=' or '!' || pattern.AsSpan(_at) is ['<', '=' or '!', ..])
                throw new FormatException($"'{pattern}' looks around, which is not known here.");
            var end = pattern.AsSpan(_at).IndexOfAny(":>)'");
            if (end < 0)
                throw new FormatException($"'{pattern}' has a group that does not end.");
            if (pattern[_at] == '\'')
                end = 1 + pattern.AsSpan(_at + 1).IndexOf('\'');
            _at += end;
            // Options such as (?i) alone.
            if (Take(')'))
                return null;
            _at++;
        }

        var inner = ParseEither();
        return Take(')') ? inner : throw new FormatException($"'{pattern}' has a group that does not end.");
    }

    private PatternNode ParseQuantifier(PatternNode atom)
    {
        var (fewest, most) = (1, (int?)1);
        if (Take('*'))
            (fewest, most) = (0, null);
        else if (Take('+'))
            (fewest, most) = (1, null);
        else if (Take('?'))
            (fewest, most) = (0, 1);
        else if (_at < pattern.Length - 1 && pattern[_at] == '{' && char.IsAsciiDigit(pattern[_at + 1]))
            (fewest, most) = ParseBounds();
        else
            return atom;
        _ = Take('?') || Take('+');
        return new PatternNode.Repeat(atom, fewest, most);
    }

    private (int Fewest, int? Most) ParseBounds()
    {
        var end = pattern.IndexOf('}', _at);
        var bounds = pattern[(_at + 1)..end].Split(',');
        _at = end + 1;
        var fewest = int.Parse(bounds[0], CultureInfo.InvariantCulture);
        return (fewest, bounds.Length == 1 ? fewest : bounds[1].Length == 0 ? null : int.Parse(bounds[1], CultureInfo.InvariantCulture));
    }

    private string ParseClass()
    {
        var without = Take('^');
        var set = new SortedSet<char>();
        var first = true;
        while (first || pattern[_at] != ']')
        {
            first = false;
            var from = Next();
            if (from == '\\')
            {
                var kind = Next();
                var members = Escaped(kind);
                if (members.Length > 1)
                {
                    set.UnionWith(members);
                    continue;
                }

                from = members[0];
            }

            if (_at + 1 < pattern.Length && pattern[_at] == '-' && pattern[_at + 1] != ']')
            {
                _at++;
                var to = Next();
                if (to == '\\')
                    to = Escaped(Next())[0];
                for (var c = from; c <= to; c++)
                    set.Add(c);
            }
            else
            {
                set.Add(from);
            }
        }

        _at++;
        // What everybody can read and no address or header minds is preferred.
        var usable = without ? s_any.Where(c => !set.Contains(c)).ToArray() : [.. set];
        var plain = usable.Where(c => Word.Contains(c, StringComparison.Ordinal)).ToArray();
        return plain.Length > 0 ? new(plain) : usable.Length > 0 ? new(usable) : throw new FormatException($"'{pattern}' has a class without a member.");
    }

    private string Escaped(char kind) => kind switch
    {
        'd' => Digits,
        'w' => Word,
        's' => " ",
        'D' or 'S' => Letters,
        'W' => "-",
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        'x' => Hex(2),
        'u' => Hex(4),
        'p' or 'P' => throw new FormatException($"'{pattern}' asks for a Unicode category, which is not known here."),
        _ => kind.ToString(),
    };

    private string Hex(int digits)
    {
        var code = int.Parse(pattern.AsSpan(_at, digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        _at += digits;
        return ((char)code).ToString();
    }

    private char Next() => _at < pattern.Length ? pattern[_at++] : throw new FormatException($"'{pattern}' ends too early.");

    private bool Take(char wanted)
    {
        if (_at >= pattern.Length || pattern[_at] != wanted)
            return false;
        _at++;
        return true;
    }
}
