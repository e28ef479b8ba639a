using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>Verifies proofs of possession, by a writing of its own.</summary>
/// <remarks>Source: RFC 9449 §4.3, RFC 7638 §3.</remarks>
internal static class DPoPCheck
{
    private const string Mend = "This is a fault of Recipes, not of the connector: please report it.";

    /// <param name="accessToken">The token that it goes with; null at the token endpoint.</param>
    /// <param name="thumbprint">Of the key that the token is bound to; null where none is bound yet.</param>
    public static IEnumerable<WireFault> Check(ReceivedRequest request, string? accessToken, string? thumbprint, DateTimeOffset now)
    {
        if (request.Header("DPoP") is not { } proof || JwtCheck.Read(proof) is not { Header: var header } jwt || header["jwk"] is not JsonObject jwk)
        {
            yield return new("the header DPoP with a proof", "none came", "Look at 'dpop', and at what 'apply' puts in its place.");
            yield break;
        }

        if (JsonShape.Text(header["typ"]) != "dpop+jwt" || JsonShape.Text(header["alg"]) != "ES256" || jwk.ContainsKey("d"))
            yield return new("a proof of type dpop+jwt, ES256, with the public key", "another one came", Mend);
        else if (!Verifies(jwt, jwk))
            yield return new("a proof whose signature verifies", "it does not", Mend);
        if (jwt.Claim("htm") != request.Method || jwt.Claim("htu") != $"{request.Origin}{request.RawPath}")
            yield return new("a proof for this very method and address, without its query", $"it is for {jwt.Claim("htm")} {jwt.Claim("htu")}", Mend);
        if (jwt.Claim("jti") is null || jwt.Number("iat") is not { } at || Math.Abs(at - now.ToUnixTimeSeconds()) > 60)
            yield return new("a proof with 'jti', made just now", "it has none, or is old", Mend);
        if (accessToken is not null && jwt.Claim("ath") != JwtCheck.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))))
            yield return new("the hash of the access token as 'ath' of the proof", "another value came", Mend);
        if (thumbprint is not null && Thumbprint(jwk) != thumbprint)
            yield return new("a proof by the key that the token is bound to", "another key was used", Mend);
    }

    /// <summary>Thumbprint of the key of a proof; null when there is no proof.</summary>
    public static string? ThumbprintOf(ReceivedRequest request) =>
        request.Header("DPoP") is { } proof && JwtCheck.Read(proof)?.Header["jwk"] is JsonObject jwk ? Thumbprint(jwk) : null;

    /// <summary>The nonce in the proof; null when there is none.</summary>
    public static string? NonceOf(ReceivedRequest request) => request.Header("DPoP") is { } proof ? JwtCheck.Read(proof)?.Claim("nonce") : null;

    private static string Thumbprint(JsonObject jwk) =>
        JwtCheck.Encode(SHA256.HashData(Encoding.UTF8.GetBytes($"{{\"crv\":\"{Text(jwk, "crv")}\",\"kty\":\"{Text(jwk, "kty")}\",\"x\":\"{Text(jwk, "x")}\",\"y\":\"{Text(jwk, "y")}\"}}")));

    private static bool Verifies(Jwt jwt, JsonObject jwk)
    {
        try
        {
            using var ec = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = JwtCheck.Decode(Text(jwk, "x")), Y = JwtCheck.Decode(Text(jwk, "y")) } });
            return ec.VerifyData(Encoding.ASCII.GetBytes(jwt.Signed), jwt.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return false;
        }
    }

    private static string Text(JsonObject jwk, string name) => JsonShape.Text(jwk[name]) ?? "";
}
