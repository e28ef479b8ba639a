using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class DPoPProofTests
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_hash_of_a_token_is_the_one_of_the_RFC()
    {
        // RFC 9449 §7.1.
        DPoPProof.Hash("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU").ShouldBe("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    }

    [Fact]
    public void The_proofs_of_the_RFC_verify_by_the_same_check_as_ours()
    {
        // RFC 9449 §4.1 and §7.1.
        const string token = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
        using var key = SigningKey.NewEs256();
        var ours = DPoPProof.Create(key, HttpMethod.Post, new Uri("https://server.example.com/token"), null, null, DateTimeOffset.FromUnixTimeSeconds(1562262616));

        var (documented, made) = (Verify(token), Verify(ours));

        made.Header.EnumerateObject().Select(m => m.Name).ShouldBe(documented.Header.EnumerateObject().Select(m => m.Name), ignoreOrder: true);
        made.Header.GetProperty("jwk").EnumerateObject().Select(m => m.Name).ShouldBe(documented.Header.GetProperty("jwk").EnumerateObject().Select(m => m.Name), ignoreOrder: true);
        made.Claims.EnumerateObject().Select(m => m.Name).ShouldBe(documented.Claims.EnumerateObject().Select(m => m.Name), ignoreOrder: true);
        foreach (var claim in (string[])["htm", "htu", "iat"])
            made.Claims.GetProperty(claim).ToString().ShouldBe(documented.Claims.GetProperty(claim).ToString());
        made.Claims.GetProperty("jti").GetString().ShouldNotBe(documented.Claims.GetProperty("jti").GetString());
    }

    [Fact]
    public void The_thumbprint_is_over_the_members_in_the_order_of_the_RFC()
    {
        using var key = SigningKey.NewEs256();

        key.Thumbprint().ShouldBe(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(
            $$"""{"crv":"P-256","kty":"EC","x":"{{key.PublicJwk[2].Value}}","y":"{{key.PublicJwk[3].Value}}"}"""))));
    }

    [Fact]
    public async Task A_request_carries_a_fresh_proof_for_itself_and_the_nonce_that_the_app_gave_last()
    {
        using var key = SigningKey.NewEs256();
        var authenticator = new DPoPAuthenticator(key, "token-1", new TestClock(s_now));
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://app.example/items?a=1#b");
        await authenticator.ApplyAsync(request, CancellationToken.None);
        var first = Verify(request.Headers.GetValues("DPoP").Single());
        using var challenge = new HttpResponseMessage(HttpStatusCode.Unauthorized) { Headers = { { "WWW-Authenticate", "DPoP error=\"use_dpop_nonce\", error_description=\"nonce, please\"" }, { "DPoP-Nonce", "nonce-1" } } };

        var taken = authenticator.TakeChallenge(challenge);
        await authenticator.ApplyAsync(request, CancellationToken.None);

        taken.ShouldBeTrue();
        request.Headers.Authorization!.ToString().ShouldBe("DPoP token-1");
        var second = Verify(request.Headers.GetValues("DPoP").Single());
        first.Claims.TryGetProperty("nonce", out _).ShouldBeFalse();
        second.Claims.GetProperty("nonce").GetString().ShouldBe("nonce-1");
        second.Claims.GetProperty("htu").GetString().ShouldBe("https://app.example/items");
        second.Claims.GetProperty("ath").GetString().ShouldBe(DPoPProof.Hash("token-1"));
        second.Claims.GetProperty("jti").GetString().ShouldNotBe(first.Claims.GetProperty("jti").GetString());
        authenticator.Withdraw(request);
        request.Headers.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("DPoP error=\"invalid_token\"", "nonce-1")]
    [InlineData("Bearer error=\"use_dpop_nonce\"", "nonce-1")]
    [InlineData("DPoP error=\"use_dpop_nonce\"", null)]
    public void Another_refusal_is_no_challenge(string header, string? nonce)
    {
        using var key = SigningKey.NewEs256();
        using var response = new HttpResponseMessage(HttpStatusCode.Unauthorized) { Headers = { { "WWW-Authenticate", header } } };
        if (nonce is not null)
            response.Headers.Add("DPoP-Nonce", nonce);

        new DPoPAuthenticator(key, "token-1", TimeProvider.System).TakeChallenge(response).ShouldBeFalse();
    }

    private static (JsonElement Header, JsonElement Claims) Verify(string proof)
    {
        var parts = proof.Split('.');
        var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0])).RootElement;
        var jwk = header.GetProperty("jwk");
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(jwk.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(jwk.GetProperty("y").GetString()) },
        });
        header.GetProperty("typ").GetString().ShouldBe("dpop+jwt");
        jwk.TryGetProperty("d", out _).ShouldBeFalse();
        key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256).ShouldBeTrue();
        return (header, JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement);
    }
}
