using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Recipes.Conformance;

/// <summary>Works out what a credential template should have become on the wire, by a writing of its own of the format's page.</summary>
internal sealed class WireTemplate
{
    private readonly string _source;
    private readonly WireScope _scope;
    private int _at;

    private WireTemplate(string source, WireScope scope) => (_source, _scope) = (source, scope);

    /// <summary>The text; null where something in it has no value here.</summary>
    /// <exception cref="UnpredictableException">When it holds something random.</exception>
    public static string? Evaluate(CredentialTemplate template, WireScope scope) => EvaluateBytes(template, scope) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>As <see cref="Evaluate"/>, where it need not be text.</summary>
    public static byte[]? EvaluateBytes(CredentialTemplate template, WireScope scope)
    {
        var bytes = new List<byte>();
        var source = template.Source;
        var at = 0;
        while (source.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var open)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(source[at..open]));
            var inner = new WireTemplate(source, scope) { _at = open + 2 };
            if (inner.Call("}}") is not { } value)
                return null;
            bytes.AddRange(value);
            at = inner._at + 2;
        }

        bytes.AddRange(Encoding.UTF8.GetBytes(source[at..]));
        return [.. bytes];
    }

    /// <summary>The name where the template is <c>{{values.name}}</c> and nothing else.</summary>
    public static string? OnlyValue(CredentialTemplate template)
    {
        var source = template.Source.Trim();
        var inner = source.StartsWith("{{", StringComparison.Ordinal) && source.EndsWith("}}", StringComparison.Ordinal) ? source[2..^2].Trim() : "";
        return inner.StartsWith("values.", StringComparison.Ordinal) && inner.All(c => char.IsAsciiLetterOrDigit(c) || c == '.') ? inner[7..] : null;
    }

    private byte[]? Call(string close)
    {
        Skip();
        if (_source[_at] is '"' or '\'')
        {
            var text = Argument();
            Skip();
            return text;
        }

        var word = Word();
        if (word.Contains('.', StringComparison.Ordinal))
        {
            Skip();
            return Path(word);
        }

        var arguments = new List<byte[]?>();
        for (Skip(); string.CompareOrdinal(_source, _at, close, 0, close.Length) != 0; Skip())
            arguments.Add(Argument());
        if (word == "default")
            return arguments[0] is { Length: > 0 } first ? first : arguments[1];
        return arguments.Contains(null) ? null : Apply(word, [.. arguments.OfType<byte[]>()]);
    }

    private byte[]? Argument()
    {
        if (_source[_at] is '"' or '\'')
        {
            var end = _source.IndexOf(_source[_at], _at + 1);
            var text = _source[(_at + 1)..end].Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\r", "\r", StringComparison.Ordinal);
            _at = end + 1;
            return Encoding.UTF8.GetBytes(text);
        }

        if (_source[_at] == '(')
        {
            _at++;
            var inner = Call(")");
            _at++;
            return inner;
        }

        var word = Word();
        return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? Encoding.UTF8.GetBytes(word) : Path(word);
    }

    private byte[]? Path(string word)
    {
        var dot = word.IndexOf('.', StringComparison.Ordinal);
        return _scope.Find(word[..dot], word[(dot + 1)..]);
    }

    private string Word()
    {
        var start = _at;
        while (_at < _source.Length && (char.IsAsciiLetterOrDigit(_source[_at]) || _source[_at] is '.' or '-' or '_' or '+'))
            _at++;
        return _source[start.._at];
    }

    private void Skip()
    {
        while (_at < _source.Length && char.IsWhiteSpace(_source[_at]))
            _at++;
    }

    private byte[] Apply(string function, byte[][] arguments)
    {
        byte[] joined = [.. arguments.SelectMany(a => a)];
        var text = Encoding.UTF8.GetString(joined);
        return function switch
        {
            "concat" => joined,
            "hex" => Utf8(Convert.ToHexString(joined).ToLowerInvariant()),
            "base64" => Utf8(Convert.ToBase64String(joined)),
            "base64Url" => Utf8(JwtCheck.Encode(joined)),
            "fromHex" => Convert.FromHexString(text.Trim()),
            "fromBase64" => Convert.FromBase64String(text.Trim()),
            "lower" => Utf8(text.ToLowerInvariant()),
            "upper" => Utf8(text.ToUpperInvariant()),
            "trim" => Utf8(text.Trim()),
            "urlEncode" => Utf8(Uri.EscapeDataString(text)),
            "json" => Utf8(System.Text.Json.JsonEncodedText.Encode(text).Value),
            "xml" => Utf8(text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&apos;", StringComparison.Ordinal)),
            "now" => Utf8(Now([.. arguments.Select(Encoding.UTF8.GetString)])),
            "publicKeyFingerprint" => Utf8(Fingerprint(text)),
            "random" or "uuid" => throw new UnpredictableException(),
            _ => Hashed(function, arguments, joined),
        };
    }

    private static byte[] Hashed(string function, byte[][] arguments, byte[] joined)
    {
        var form = function.EndsWith("Hex", StringComparison.Ordinal) ? "Hex" : function.EndsWith("Base64", StringComparison.Ordinal) ? "Base64" : "";
        var name = function[..^form.Length];
        var bytes = name.StartsWith("hmac", StringComparison.Ordinal) ? Keyed(name[4..].ToLowerInvariant(), arguments[0], [.. arguments.Skip(1).SelectMany(a => a)]) : Hash(name, joined);
        return form switch { "Hex" => Utf8(Convert.ToHexString(bytes).ToLowerInvariant()), "Base64" => Utf8(Convert.ToBase64String(bytes)), _ => bytes };
    }

    private static string Fingerprint(string pem)
    {
        using var key = RSA.Create();
        key.ImportFromPem(pem);
        return Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Hash(string name, byte[] data) => name switch
    {
        "md5" => MD5.HashData(data),
        "sha1" => SHA1.HashData(data),
        "sha256" => SHA256.HashData(data),
        "sha512" => SHA512.HashData(data),
        _ => throw new NotSupportedException($"The kit does not know the function '{name}'."),
    };

    // RFC 2104 §2, written out.
    internal static byte[] Keyed(string hash, byte[] key, byte[] data)
    {
        var block = hash is "sha512" or "sha384" ? 128 : 64;
        var padded = new byte[block];
        (key.Length > block ? Hash(hash, key) : key).CopyTo(padded, 0);
        byte[] inner = [.. padded.Select(b => (byte)(b ^ 0x36)), .. data];
        byte[] outer = [.. padded.Select(b => (byte)(b ^ 0x5c)), .. Hash(hash, inner)];
        return Hash(hash, outer);
    }

    private string Now(string[] arguments)
    {
        var now = arguments.Length > 1 ? _scope.Now.AddSeconds(double.Parse(arguments[1], CultureInfo.InvariantCulture)) : _scope.Now;
        return (arguments.Length == 0 ? "iso" : arguments[0]) switch
        {
            "unix" => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            "unixMilliseconds" => now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            "iso" => now.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + "Z",
            "http" => now.ToString("ddd, dd MMM yyyy HH:mm:ss 'GMT'", CultureInfo.InvariantCulture),
            var format => now.ToString(format, CultureInfo.InvariantCulture),
        };
    }
}

/// <summary>A template's value cannot be foreseen: something random is in it.</summary>
internal sealed class UnpredictableException : Exception;
