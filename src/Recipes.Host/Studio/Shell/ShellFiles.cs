using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Recipes.Host;

/// <summary>Our own modules and style of the designer's page, carried in the assembly. All have one hash in their address, so that they find each other and browsers keep them for good.</summary>
internal static class ShellFiles
{
    private const string Prefix = "studio/";
    private static readonly FrozenDictionary<string, byte[]> s_files = typeof(ShellFiles).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(name => name[Prefix.Length..], Read, StringComparer.Ordinal);

    private static readonly string s_hash = Hash();

    public static string AddressOf(string name) => s_files.ContainsKey(name) ? $"/studio/_shell/{s_hash}/{name}" : throw new ArgumentException($"{name} is not in the assembly.", nameof(name));

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (name, content) in s_files)
            routes.MapGet($"/studio/_shell/{{hash}}/{name}", (string hash, HttpContext context) => Get(context, name, content, isCurrent: hash == s_hash)).AllowAnonymous();
    }

    // A window that was open over an update asks for the rest under its former address.
    private static FileContentHttpResult Get(HttpContext context, string name, byte[] content, bool isCurrent)
    {
        context.Response.Headers.CacheControl = isCurrent ? "public, max-age=31536000, immutable" : "no-cache";
        return TypedResults.File(content, name.EndsWith(".js", StringComparison.Ordinal) ? "text/javascript; charset=utf-8" : "text/css; charset=utf-8");
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(ShellFiles).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, content) in s_files.OrderBy(f => f.Key, StringComparer.Ordinal))
            hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
    }
}
