using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Recipes.Host;

/// <summary>JSON that seldom changes: compressed once, and not sent to a browser that has it.</summary>
internal sealed class StudioDocument
{
    private const string Json = "application/json; charset=utf-8";

    private readonly byte[] _plain;
    private readonly byte[] _brotli;
    private readonly EntityTagHeaderValue _tag;

    private StudioDocument(byte[] plain, byte[] brotli) =>
        (_plain, _brotli, _tag) = (plain, brotli, new($"\"{Convert.ToHexStringLower(SHA256.HashData(plain))[..16]}\""));

    public static StudioDocument Of(byte[] json)
    {
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Optimal))
            brotli.Write(json);
        return new(json, compressed.ToArray());
    }

    public FileContentHttpResult Send(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "private, no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        if (!context.Request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value == "br" && e.Quality is null or > 0))
            return TypedResults.File(_plain, Json, entityTag: _tag);
        headers.ContentEncoding = "br";
        return TypedResults.File(_brotli, Json, entityTag: _tag);
    }
}
