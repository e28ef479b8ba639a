using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Recipes.Host;

/// <summary>One file of Elsa Studio, with the compressed siblings that the package brings.</summary>
/// <remarks>Source: RFC 9110 §8.4 and §12.5.3 for encodings, §13.1.2 for If-None-Match; RFC 8246 for immutable.</remarks>
internal sealed class StudioFile
{
    /// <summary>Those outside the two folders that browsers need; the package's own page and manifest are for other hosts.</summary>
    public static readonly string[] Single = ["Elsa.Studio.Host.CustomElements.styles.css", "appsettings.json"];

    private static readonly FileExtensionContentTypeProvider s_types = new();

    private readonly string _type;
    private readonly bool _isFingerprinted;
    private readonly Variant _plain;
    private readonly Variant[] _compressed;

    /// <param name="root">The package's folder.</param>
    /// <param name="name">Relative to it, with forward slashes.</param>
    public StudioFile(string root, string name, bool hasBrotli, bool hasGzip)
    {
        var type = s_types.TryGetContentType(name, out var known) ? known : "application/octet-stream";
        _type = type.StartsWith("text/", StringComparison.Ordinal) || type is "application/json" ? $"{type}; charset=utf-8" : type;
        _isFingerprinted = HasFingerprint(name);
        var path = Path.Combine(root, name);
        _plain = new(path, null);
        _compressed = [.. hasBrotli ? [new Variant($"{path}.br", "br")] : Array.Empty<Variant>(), .. hasGzip ? [new Variant($"{path}.gz", "gzip")] : Array.Empty<Variant>()];
    }

    public static bool IsServed(string name) => name.StartsWith("_framework/", StringComparison.Ordinal) || name.StartsWith("_content/", StringComparison.Ordinal) || Single.Contains(name);

    public IResult Serve(HttpContext context)
    {
        var headers = context.Response.Headers;
        var variant = _compressed.FirstOrDefault(v => Accepts(context.Request, v.Encoding!)) ?? _plain;
        if (_compressed.Length > 0)
            headers.Vary = HeaderNames.AcceptEncoding;
        if (variant.Encoding is { } encoding)
            headers.ContentEncoding = encoding;
        headers.CacheControl = _isFingerprinted ? "public, max-age=31536000, immutable" : "public, no-cache";
        return TypedResults.PhysicalFile(variant.Path, _type, entityTag: variant.Tag);
    }

    private static bool Accepts(HttpRequest request, string encoding)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        return (accepted.FirstOrDefault(a => a.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase)) ?? accepted.FirstOrDefault(a => a.Value == "*")) is { } named && named.Quality is not 0;
    }

    // Ten letters and digits before the ending: .NET's build makes them of the content.
    private static bool HasFingerprint(string name)
    {
        var parts = name.Split('.');
        var at = name.StartsWith("_framework/", StringComparison.Ordinal) ? parts.Length - 2 : name.EndsWith(".bundle.scp.css", StringComparison.Ordinal) ? parts.Length - 4 : 0;
        return at > 0 && parts[at] is { Length: 10 } print && print.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));
    }

    private sealed class Variant(string path, string? encoding)
    {
        // Of the content: npm gives every file the same time.
        private readonly Lazy<EntityTagHeaderValue> _tag = new(() =>
        {
            using var stream = File.OpenRead(path);
            return new($"\"{Convert.ToHexStringLower(SHA256.HashData(stream).AsSpan(0, 12))}\"");
        });

        public string Path => path;

        public string? Encoding => encoding;

        public EntityTagHeaderValue Tag => _tag.Value;
    }
}
