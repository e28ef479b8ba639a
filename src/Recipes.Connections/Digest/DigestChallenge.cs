using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connections;

/// <summary>One challenge of an app, and what all answers to it have in common. Immutable but for the count of its answers.</summary>
internal sealed class DigestChallenge
{
    private readonly string _ha1;
    private readonly string _clientNonce;
    private int _count;

    private DigestChallenge(DigestChallenge? before, string nonce, string ha1, string clientNonce)
    {
        (Nonce, _ha1, _clientNonce) = (nonce, ha1, clientNonce);
        if (before is not null)
            (Realm, Algorithm, Opaque, Qop, IsUtf8) = (before.Realm, before.Algorithm, before.Opaque, before.Qop, before.IsUtf8);
    }

    public string Nonce { get; }
    public string Realm { get; private init; } = "";

    /// <summary>As the app writes it; empty when it named none.</summary>
    public string Algorithm { get; private init; } = "";
    public string? Opaque { get; private init; }

    /// <summary><c>auth</c>, <c>auth-int</c>, or empty for an app that knows neither.</summary>
    public string Qop { get; private init; } = "";
    public bool IsUtf8 { get; private init; }

    /// <summary>Whether only the nonce of the answer was too old, not its password wrong.</summary>
    public bool IsStale { get; private init; }

    /// <summary>The first of an answer's challenges that can be met here; null when there is none.</summary>
    public static DigestChallenge? From(HttpResponseMessage response, string username, string password)
    {
        foreach (var header in response.Headers.WwwAuthenticate.Where(h => h.Scheme.Equals("Digest", StringComparison.OrdinalIgnoreCase)))
        {
            var given = ChallengeParameters.Read(header.Parameter);
            var algorithm = given.GetValueOrDefault("algorithm") ?? "";
            var qops = (given.GetValueOrDefault("qop") ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
            var qop = qops.Length == 0 ? "" : qops.FirstOrDefault(q => q.Equals("auth", StringComparison.OrdinalIgnoreCase)) ?? qops.FirstOrDefault(q => q.Equals("auth-int", StringComparison.OrdinalIgnoreCase));
            if (Hasher(algorithm) is null || qop is null || given.GetValueOrDefault("nonce") is not { Length: > 0 } nonce || given.GetValueOrDefault("realm") is not { } realm)
                continue;
            var isUtf8 = given.GetValueOrDefault("charset")?.Equals("UTF-8", StringComparison.OrdinalIgnoreCase) == true;
            var clientNonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
            var ha1 = Hash(algorithm, $"{username}:{realm}:{password}", isUtf8);
            if (IsSession(algorithm))
                ha1 = Hash(algorithm, $"{ha1}:{nonce}:{clientNonce}", isUtf8);
            return new(null, nonce, ha1, clientNonce)
            {
                Realm = realm,
                Algorithm = algorithm,
                Opaque = given.GetValueOrDefault("opaque"),
                Qop = qop.ToLowerInvariant(),
                IsUtf8 = isUtf8,
                IsStale = given.GetValueOrDefault("stale")?.Equals("true", StringComparison.OrdinalIgnoreCase) == true,
            };
        }

        return null;
    }

    /// <summary>The same with the nonce that the app wants next. The key of a session stays the one of its first nonce.</summary>
    public DigestChallenge With(string nextNonce) => new(this, nextNonce, _ha1, IsSession(Algorithm) ? _clientNonce : RandomNumberGenerator.GetHexString(32, lowercase: true));

    /// <summary>The header that answers it for one request.</summary>
    public AuthenticationHeaderValue Answer(string username, string method, string target, ReadOnlySpan<byte> body)
    {
        var count = Interlocked.Increment(ref _count).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
        var ha2 = Hash(Algorithm, Qop == "auth-int" ? $"{method}:{target}:{Hasher(Algorithm)!(body)}" : $"{method}:{target}", IsUtf8);
        var response = Hash(Algorithm, Qop.Length == 0 ? $"{_ha1}:{Nonce}:{ha2}" : $"{_ha1}:{Nonce}:{count}:{_clientNonce}:{Qop}:{ha2}", IsUtf8);
        var text = new StringBuilder(Ascii.IsValid(username) ? $"username=\"{Escape(username)}\"" : $"username*=UTF-8''{Uri.EscapeDataString(username)}");
        text.Append($", realm=\"{Escape(Realm)}\", nonce=\"{Escape(Nonce)}\", uri=\"{Escape(target)}\", response=\"{response}\"");
        if (Algorithm.Length > 0)
            text.Append($", algorithm={Algorithm}");
        if (Opaque is not null)
            text.Append($", opaque=\"{Escape(Opaque)}\"");
        if (Qop.Length > 0)
            text.Append($", qop={Qop}, nc={count}, cnonce=\"{_clientNonce}\"");
        else if (IsSession(Algorithm))
            text.Append($", cnonce=\"{_clientNonce}\"");
        return new AuthenticationHeaderValue("Digest", text.ToString());
    }

    private static bool IsSession(string algorithm) => algorithm.EndsWith("-sess", StringComparison.OrdinalIgnoreCase);

    private delegate string HashText(ReadOnlySpan<byte> data);

    private static HashText? Hasher(string algorithm) => algorithm.ToUpperInvariant() switch
    {
        "" or "MD5" or "MD5-SESS" => data => Convert.ToHexStringLower(MD5.HashData(data)),
        "SHA-256" or "SHA-256-SESS" => data => Convert.ToHexStringLower(SHA256.HashData(data)),
        _ => null,
    };

    // Without a charset it is the old world's; what Latin-1 cannot say is UTF-8 all the same.
    private static string Hash(string algorithm, string text, bool isUtf8) =>
        Hasher(algorithm)!((isUtf8 || text.Any(c => c > '\u00FF') ? Encoding.UTF8 : Encoding.Latin1).GetBytes(text));

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
