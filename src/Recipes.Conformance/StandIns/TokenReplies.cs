using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>Writes token replies in the shape that a scheme declares.</summary>
internal sealed class TokenReplies(OAuth2StandIn standIn)
{
    public StandInReply Write(Grant grant, DateTimeOffset now, bool withRefreshToken)
    {
        var rules = standIn.OAuth.TokenResponse;
        JsonNode? body = null;
        void Put(IReadOnlyList<string> paths, JsonNode? value) => body = paths.Count == 0 ? body : JsonShape.Set(body, paths[0], value);
        foreach (var capture in standIn.OAuth.Captures.Where(c => c.From == CaptureSource.TokenReply))
            body = JsonShape.Set(body, capture.Path, JsonShape.Literal(standIn.SampleOf(capture)));
        Put(rules.AccessToken, grant.AccessToken);
        if (withRefreshToken)
            Put(rules.RefreshToken, grant.RefreshToken);
        // Declared lives are for providers that do not tell.
        if (standIn.OAuth.AccessTokenLifetime is null && grant.ExpiresAt is { } expires)
            Put(rules.ExpiresIn, Life(rules.ExpiryUnit, expires, now));
        if (grant.Scopes.Count > 0)
            Put(rules.Scope, string.Join(standIn.OAuth.ScopeSeparator, grant.Scopes));
        Put(rules.TokenType, standIn.OAuth.DPoP ? "DPoP" : "Bearer");
        if (standIn.OAuth.Captures.Any(c => c.From == CaptureSource.IdToken))
            body = JsonShape.Set(body, "id_token", IdToken(now));
        var reply = StandInReply.Json(200, body!);
        foreach (var capture in standIn.OAuth.Captures.Where(c => c.From == CaptureSource.TokenHeader))
            reply = reply.With(capture.Path, standIn.SampleOf(capture));
        return reply;
    }

    private string IdToken(DateTimeOffset now)
    {
        JsonNode claims = new JsonObject
        {
            ["iss"] = standIn.Issuer?.AbsoluteUri.TrimEnd('/') ?? "https://issuer.example",
            ["aud"] = standIn.ClientId,
            ["sub"] = "kit-subject",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
        };
        foreach (var capture in standIn.OAuth.Captures.Where(c => c.From == CaptureSource.IdToken))
            claims = JsonShape.Set(claims, capture.Path, JsonShape.Literal(standIn.SampleOf(capture)));
        return $"{Part("""{"alg":"RS256","kid":"kit"}""")}.{Part(claims.ToJsonString())}.{Part("no signature is looked at here")}";
    }

    private static string Part(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static JsonNode Life(ExpiryUnit unit, DateTimeOffset expires, DateTimeOffset now) => unit switch
    {
        ExpiryUnit.Seconds => (long)(expires - now).TotalSeconds,
        ExpiryUnit.Milliseconds => (long)(expires - now).TotalMilliseconds,
        ExpiryUnit.Minutes => (long)(expires - now).TotalMinutes,
        ExpiryUnit.UnixTime => expires.ToUnixTimeSeconds(),
        ExpiryUnit.UnixMilliseconds => expires.ToUnixTimeMilliseconds(),
        ExpiryUnit.Date => expires.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + "Z",
        _ => throw new KitException($"The kit does not know the unit {unit}."),
    };
}
