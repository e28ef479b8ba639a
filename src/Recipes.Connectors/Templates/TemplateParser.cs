using System.Text;

namespace Recipes.Connectors;

/// <summary>
/// Reads a whole template, refuses what is not offered and writes the rest down again in canonical Handlebars: every expression as an argument of
/// our own helpers, every path from <c>@root</c> or <c>this</c>. So nothing that a user wrote reaches the Handlebars compiler as markup.
/// </summary>
internal sealed class TemplateParser
{
    private static readonly string[] s_blocks = ["if", "unless", "each"];

    private readonly string _source;
    private readonly ExpressionParser _expressions;
    private readonly bool _escapes;
    private readonly StringBuilder _canonical = new();
    private readonly StringBuilder _text = new();
    private readonly List<TemplatePart> _parts = [];
    private readonly Stack<Block> _blocks = [];
    private bool _walkable = true;
    private bool _hasText;
    private int _tags;
    private string? _printed;
    private int _depth;
    private int _at;

    private TemplateParser(string source, TemplateScope scope, bool escapes) =>
        (_source, _expressions, _escapes) = (source, new ExpressionParser(source, scope), escapes);

    /// <param name="escapes">Whether what is printed is percent-encoded, for addresses.</param>
    /// <exception cref="TemplateSyntaxException">The template is wrong.</exception>
    public static ParsedTemplate Parse(string source, TemplateScope scope, bool escapes)
    {
        if (source.Length > Template.MaxLength)
            throw new TemplateSyntaxException(Template.MaxLength, $"the template is longer than {Template.MaxLength} characters.");
        return new TemplateParser(source, scope, escapes).Parse();
    }

    private ParsedTemplate Parse()
    {
        while (_at < _source.Length)
        {
            var open = _source.IndexOf("{{", _at, StringComparison.Ordinal);
            if (open < 0)
                break;
            var backslashes = open > _at && _source[open - 1] == '\\' ? open > _at + 1 && _source[open - 2] == '\\' ? 2 : 1 : 0;
            _text.Append(_source, _at, open - _at - (backslashes > 0 ? 1 : 0));
            _at = open + 2;
            if (backslashes == 1)
                _text.Append("{{");
            else
                ReadTag(open);
        }

        _text.Append(_source, _at, _source.Length - _at);
        FlushText();
        if (_blocks.TryPeek(out var left))
            throw new TemplateSyntaxException(left.Position, $"'#{left.Name}' is never closed; write '{{{{/{left.Name}}}}}' at its end.");
        var isSingle = !_escapes && _tags == 1 && _printed is not null && !_hasText;
        if (isSingle)
            _expressions.PrintedPathsMayBeMissing();
        var canonical = isSingle ? $"{{{{{TemplateEngine.Typed} {_printed}}}}}" : _canonical.ToString();
        return new(canonical, _walkable ? _parts : [], _expressions.Paths, _walkable, _tags == 0, isSingle);
    }

    private void ReadTag(int open)
    {
        _tags++;
        if (Sees("{{"))
            throw new TemplateSyntaxException(open, "raw blocks ('{{{{') are not offered.");
        var triple = Sees("{");
        if (triple)
            _at++;
        var before = Take('~');
        var sign = _at < _source.Length ? _source[_at] : '\0';
        if (triple && sign is ('#' or '/' or '!' or '>' or '^' or '&' or '*'))
            throw new TemplateSyntaxException(open, $"'{sign}' cannot follow three braces; write two.");

        switch (sign)
        {
            case '!': ReadComment(open, before); break;
            case '#': ReadBlockStart(open, before); break;
            case '/': ReadBlockEnd(open, before); break;
            case '>': throw new TemplateSyntaxException(open, "partials ('{{>') are not offered.");
            case '*': throw new TemplateSyntaxException(open, "decorators ('{{*') are not offered.");
            case '^': throw new TemplateSyntaxException(open, "'{{^' is not offered; write {{else}} or {{#unless …}}.");
            case '&': throw new TemplateSyntaxException(open, "'{{&' is not needed: nothing is HTML-escaped here.");
            default:
                if (ReadElse(open, before))
                    break;
                ReadPrint(open, before, triple);
                break;
        }
    }

    private void ReadPrint(int open, bool before, bool triple)
    {
        var expression = _expressions.ParseTag(ref _at, IsInEach, _depth, printed: true);
        var after = Close(open, triple ? "}}}" : "}}");
        if (before || after || expression.Part is null)
            _walkable = false;
        FlushText();
        Write(before, $"{(_escapes ? TemplateEngine.Escape : TemplateEngine.Print)} {expression.Canonical} {ExpressionParser.Quote(expression.Written)}", after);
        _printed = expression.Canonical;
        if (expression.Part is not null)
            _parts.Add(_escapes ? new TemplatePart.Escaped(expression.Part) : expression.Part);
    }

    private void ReadComment(int open, bool before)
    {
        var dashes = string.CompareOrdinal(_source, _at, "!--", 0, 3) == 0;
        var end = _source.IndexOf(dashes ? "--" : "}}", _at + (dashes ? 3 : 1), StringComparison.Ordinal);
        while (dashes && end >= 0 && !(_source.AsSpan(end).StartsWith("--}}") || _source.AsSpan(end).StartsWith("--~}}")))
            end = _source.IndexOf("--", end + 1, StringComparison.Ordinal);
        if (end < 0)
            throw new TemplateSyntaxException(open, $"the comment is never closed; write '{(dashes ? "--}}" : "}}")}' at its end.");
        _at = end + (dashes ? 2 : 0);
        var after = dashes ? Take('~') : _source[end - 1] == '~';
        _at += 2;
        _walkable = false;
        FlushText();
        Write(before, "!-- --", after);
    }

    private void ReadBlockStart(int open, bool before)
    {
        _at++;
        if (Sees(">") || Sees("*"))
            throw new TemplateSyntaxException(open, "partial blocks and decorators are not offered.");
        var name = _expressions.ReadWord(ref _at);
        if (!s_blocks.Contains(name))
            throw new TemplateSyntaxException(open, $"there is no block '#{name}'{Suggestion.Hint(name, s_blocks)}.");
        Deepen(open);
        var expression = _expressions.ParseBlockArgument(ref _at, name, IsInEach, _depth);
        var after = Close(open, "}}");
        _walkable = false;
        FlushText();
        Write(before, name == "each" ? $"#{TemplateEngine.Each} {expression.Canonical}" : $"#{name} ({TemplateEngine.Truth} {expression.Canonical})", after);
        _blocks.Push(new Block(name, open) { Depth = 1 });
    }

    private bool ReadElse(int open, bool before)
    {
        var at = _at;
        if (_expressions.ReadWord(ref at) != "else")
            return false;
        if (!_blocks.TryPeek(out var block) || block.HasElse)
            throw new TemplateSyntaxException(open, block is null ? "'else' stands outside of any block." : $"'#{block.Name}' has its 'else' already.");
        _at = at;
        var then = _expressions.ReadWord(ref at);
        string canonical;
        if (then.Length == 0)
        {
            (block.HasElse, canonical) = (true, "else");
        }
        else if (then == "if" && block.Name != "each")
        {
            // Handlebars nests these, so they count like blocks inside each other.
            Deepen(open);
            block.Depth++;
            _at = at;
            canonical = $"else if ({TemplateEngine.Truth} {_expressions.ParseBlockArgument(ref _at, "else if", IsInEach, _depth).Canonical})";
        }
        else
        {
            throw new TemplateSyntaxException(open, $"after 'else' comes nothing{(block.Name == "each" ? "" : " or 'if'")}, not '{then}'.");
        }

        var after = Close(open, "}}");
        FlushText();
        Write(before, canonical, after);
        return true;
    }

    private void ReadBlockEnd(int open, bool before)
    {
        _at++;
        var name = _expressions.ReadWord(ref _at);
        if (!_blocks.TryPeek(out var block))
            throw new TemplateSyntaxException(open, $"'/{name}' closes nothing: no block is open.");
        if (block.Name != name)
            throw new TemplateSyntaxException(open, $"'/{name}' cannot close '#{block.Name}' from position {block.Position + 1}.");
        var after = Close(open, "}}");
        _blocks.Pop();
        _depth -= block.Depth;
        FlushText();
        Write(before, name == "each" ? $"/{TemplateEngine.Each}" : $"/{name}", after);
    }

    private bool IsInEach => _blocks.Any(b => b is { Name: "each", HasElse: false });

    private void Deepen(int open)
    {
        if (++_depth > Template.MaxDepth)
            throw new TemplateSyntaxException(open, $"blocks are nested deeper than {Template.MaxDepth}.");
    }

    /// <summary>Reads the end of a tag and says whether it trims what follows.</summary>
    private bool Close(int open, string end)
    {
        while (_at < _source.Length && char.IsWhiteSpace(_source[_at]))
            _at++;
        var trims = Take('~');
        if (_at >= _source.Length)
            throw new TemplateSyntaxException(open, $"the placeholder is never closed; write '{end}' at its end.");
        if (!Sees(end))
            throw new TemplateSyntaxException(_at, $"'{_source[_at]}' is not expected here; the placeholder should end with '{end}'.");
        _at += end.Length;
        return trims;
    }

    private bool Sees(string text) => string.CompareOrdinal(_source, _at, text, 0, text.Length) == 0;

    private bool Take(char sign)
    {
        if (_at >= _source.Length || _source[_at] != sign)
            return false;
        _at++;
        return true;
    }

    private void Write(bool before, string inner, bool after) =>
        _canonical.Append("{{").Append(before ? "~" : "").Append(inner).Append(after ? "~" : "").Append("}}");

    private void FlushText()
    {
        if (_text.Length == 0)
            return;
        var text = _text.ToString();
        _text.Clear();
        _hasText = true;
        _parts.Add(new TemplatePart.Literal(text));
        var middle = text.TrimStart('}').TrimEnd('{', '\\');
        if (middle.Contains("{{", StringComparison.Ordinal) || middle.Length == 0)
        {
            WriteEncoded(text);
            return;
        }

        // Braces and backslashes beside a tag would become part of it.
        var start = text.Length - text.TrimStart('}').Length;
        WriteEncoded(text[..start]);
        _canonical.Append(middle);
        WriteEncoded(text[(start + middle.Length)..]);
    }

    private void WriteEncoded(string text)
    {
        if (text.Length > 0)
            Write(before: false, $"{TemplateEngine.Print} ({TemplateEngine.Text} '{TemplateEngine.EncodeText(text)}') ''", after: false);
    }

    private sealed class Block(string name, int position)
    {
        public string Name { get; } = name;
        public int Position { get; } = position;
        public int Depth { get; set; }
        public bool HasElse { get; set; }
    }
}
