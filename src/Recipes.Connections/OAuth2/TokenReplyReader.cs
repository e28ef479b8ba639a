using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Reads the tokens out of a reply, by the paths and in the units that the scheme declares.</summary>
/// <remarks>Source: RFC 6749 §5.1.</remarks>
internal static class TokenReplyReader
{
    // What is left of a fixed time is told a little differently with each reply.
    private static readonly TimeSpan s_same = TimeSpan.FromMinutes(1);

    /// <summary>Null when there is no access token in it.</summary>
    /// <param name="previous">What a refresh started from: what the reply leaves out stays as it was.</param>
    public static TokenReply.Granted? TryRead(OAuth2Scheme scheme, JsonElement json, HttpResponseMessage response, TokenSet? previous, DateTimeOffset now)
    {
        var rules = scheme.TokenResponse;
        if (Text(json, rules.AccessToken) is not { } access)
            return null;
        var document = new TokenReplyDocument(json, response);
        var captured = Captures.FromTokenReply(scheme.Captures, document);
        var life = First(json, rules.ExpiresIn, e => TokenLife.Read(e, rules.ExpiryUnit, now)) ?? scheme.AccessTokenLifetime;
        // A reply without a refresh token leaves the old one valid (RFC 6749 §6).
        var refresh = Text(json, rules.RefreshToken) is { } rotated ? new Secret(rotated) : previous?.RefreshToken;
        var refreshEnd = RefreshEnd(rules, json, refresh, previous, now);
        var scopes = FirstScopes(json, rules.Scope, scheme.ScopeSeparator) ?? previous?.Scopes;
        var tokens = new TokenSet(new Secret(access), refresh, life is null ? null : now + life, life, scopes)
        {
            TokenType = Text(json, rules.TokenType) ?? previous?.TokenType,
            Values = Merge(previous?.Values, captured.Secrets),
            RequestHash = previous?.RequestHash,
            IssuedAt = now,
            RefreshExpiresAt = refreshEnd,
            RefreshProlongs = Prolongs(refreshEnd, previous, now),
        };
        return new TokenReply.Granted(tokens, document) { Fields = captured.Fields };
    }

    private static DateTimeOffset? RefreshEnd(TokenResponseRules rules, JsonElement json, Secret? refresh, TokenSet? previous, DateTimeOffset now)
    {
        if (refresh is null)
            return null;
        // Keycloak says 0 where the token does not end.
        if (First(json, rules.RefreshExpiresIn, e => TokenLife.Read(e, rules.ExpiryUnit, now)) is not { } life)
            return refresh.Equals(previous?.RefreshToken) ? previous?.RefreshExpiresAt : null;
        return previous?.RefreshExpiresAt is { } before && (now + life - before).Duration() < s_same ? before : now + life;
    }

    private static bool? Prolongs(DateTimeOffset? end, TokenSet? previous, DateTimeOffset now) =>
        end is null || previous?.RefreshExpiresAt is not { } before ? null
        : end > before ? true
        // Two replies right after each other look alike either way.
        : now - previous.IssuedAt < s_same ? previous.RefreshProlongs
        : false;

    private static Dictionary<string, Secret> Merge(IReadOnlyDictionary<string, Secret>? old, IReadOnlyDictionary<string, Secret> fresh)
    {
        var merged = old is null ? new Dictionary<string, Secret>() : old.ToDictionary();
        foreach (var (name, value) in fresh)
            merged[name] = value;
        return merged;
    }

    private static string? Text(JsonElement json, IReadOnlyList<string> paths)
    {
        foreach (var path in paths)
        {
            if (TokenReplyDocument.At(json, path) is { ValueKind: JsonValueKind.String } && TokenReplyDocument.TextAt(json, path) is { Length: > 0 } text)
                return text;
        }

        return null;
    }

    private static TimeSpan? First(JsonElement json, IReadOnlyList<string> paths, Func<JsonElement, TimeSpan?> read)
    {
        foreach (var path in paths)
        {
            if (TokenReplyDocument.At(json, path) is { } value && read(value) is { } life)
                return life;
        }

        return null;
    }

    // A list, or one text: parted as the scheme says or by the space that the RFC wants, and by commas where nothing else is said.
    private static string[]? FirstScopes(JsonElement json, IReadOnlyList<string> paths, string separator)
    {
        foreach (var path in paths)
        {
            if (TokenReplyDocument.At(json, path) is { ValueKind: JsonValueKind.Array } list)
                return [.. list.EnumerateArray().Where(i => i.ValueKind == JsonValueKind.String).Select(i => i.GetString()!).Where(s => s.Length > 0)];
            if (TokenReplyDocument.At(json, path) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } joined)
                return joined.Split(separator == " " ? [" ", ","] : [separator, " "], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }

        return null;
    }
}
