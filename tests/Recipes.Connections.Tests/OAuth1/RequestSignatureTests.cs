using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class RequestSignatureTests
{
    [Fact]
    public void Every_published_base_string_is_met()
    {
        // PLAINTEXT has none.
        foreach (var vector in Vectors.All.Signatures.Where(v => v.BaseString is not null))
        {
            var text = BaseString(vector.Method!, new Uri(vector.Address!), [.. vector.Parameters!.Select(p => (p[0], p[1]))]);

            text.ShouldBe(vector.BaseString, vector.Name);
        }
    }

    [Fact]
    public void Every_published_signature_is_met()
    {
        var vectors = Vectors.All.Signatures.Concat(Vectors.All.RawBaseStrings).Concat(Vectors.All.Rsa).ToList();
        vectors.Count.ShouldBe(26);
        foreach (var vector in vectors)
        {
            var signer = OAuth1Signer.Create(OAuth1SignatureMethods.ByName[vector.SignatureMethod], SecretOf(vector.PrivateKey ?? vector.ConsumerSecret), SecretOf(vector.TokenSecret));

            signer.Sign(vector.BaseString ?? "").ShouldBe(vector.Signature, vector.Name);
        }
    }

    [Fact]
    public void What_is_no_signature_is_never_made()
    {
        foreach (var vector in Vectors.All.Signatures.Where(v => v.SignatureMethod != "PLAINTEXT"))
        {
            var signature = OAuth1Signer.Create(OAuth1SignatureMethods.ByName[vector.SignatureMethod], SecretOf(vector.ConsumerSecret), SecretOf(vector.TokenSecret)).Sign(vector.BaseString!);

            Vectors.All.NotSignatures.ShouldNotContain(signature, vector.Name);
        }
    }

    [Fact]
    public void Addresses_are_normalised_before_they_are_signed()
    {
        foreach (var vector in Vectors.All.Addresses.Valid)
        {
            BaseUri.TryParse(vector.Input, out var address).ShouldBeTrue(vector.Input);

            BaseUri.Of(address!).ShouldBe(vector.Expected, vector.Input);
            BaseString("GET", address!).ShouldStartWith($"GET&{Uri.EscapeDataString(vector.Expected)}&");
        }
    }

    [Fact]
    public void What_is_no_address_is_refused()
    {
        foreach (var text in Vectors.All.Addresses.Invalid)
            BaseUri.TryParse(text, out _).ShouldBeFalse($"'{text}'");
    }

    [Fact]
    public void Parameters_of_query_body_and_header_are_signed_together()
    {
        var vector = Vectors.All.Parameters;
        var header = vector.Authorization["OAuth ".Length..].Split(", ").Select(p => p.Split('=', 2))
            .Where(p => p[0] is not ("realm" or "oauth_signature")).Select(p => (p[0], Uri.UnescapeDataString(p[1].Trim('"')))).ToArray();
        var collected = new SignatureBase(16);
        foreach (var pair in vector.Collected)
            collected.Add(pair[0], pair[1]);
        var read = new SignatureBase(16);
        foreach (var (name, value) in header)
            read.Add(name, value);
        read.AddQuery(vector.Query);
        read.AddForm(Encoding.UTF8.GetBytes(vector.Body));

        collected.Normalized().ShouldBe(vector.Normalized);
        read.Normalized().ShouldBe(vector.Normalized);
        BaseString("POST", new Uri($"http://example.com/request?{vector.Query}"), header, vector.Body).ShouldBe(vector.BaseString);
        collected.Dispose();
        read.Dispose();
    }

    [Fact]
    public void Texts_are_encoded_as_the_RFC_wants_it()
    {
        foreach (var vector in Vectors.All.PercentEncoding.Cases)
            Utf8Buffer.Encode(vector.Raw).ShouldBe(vector.Encoded, vector.Raw);
    }

    [Theory]
    [InlineData("a=%2", "a=%252")]
    [InlineData("a=%zz%41", "a=%25zzA")]
    [InlineData("a=1+2&&b", "a=1%202&b=")]
    [InlineData("=x&%c3%a9=%E2%98%83", "=x&%C3%A9=%E2%98%83")]
    public void A_query_that_is_not_well_formed_is_read_as_servers_read_it(string query, string normalized)
    {
        var read = new SignatureBase(16);
        read.AddQuery(query);

        var text = read.Normalized();

        text.ShouldBe(normalized);
        read.Dispose();
    }

    [Fact]
    public void Base_strings_are_those_of_a_naive_second_writing()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<Tuple<string, string>[]>(), pairs =>
        {
            var all = pairs.Select(p => (Name: p.Item1 ?? "", Value: p.Item2 ?? "")).ToArray();
            var oauth = all.Where((_, i) => i % 3 == 0).ToArray();
            var query = all.Where((_, i) => i % 3 == 1).ToArray();
            var body = all.Where((_, i) => i % 3 == 2).ToArray();
            // A space as %20 in the one and as a plus in the other.
            var address = new Uri($"https://Example.COM:8443/a%20path?{string.Join('&', query.Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(p.Value)}"))}");
            var form = string.Join('&', body.Select(p => $"{WebUtility.UrlEncode(p.Name)}={WebUtility.UrlEncode(p.Value)}"));

            return BaseString("post", address, oauth, form) == NaiveBaseString("POST", "https://example.com:8443/a%20path", all);
        }));
    }

    [Theory]
    [InlineData(OAuth1SignatureMethod.HmacSha1)]
    [InlineData(OAuth1SignatureMethod.RsaSha256)]
    public async Task Nonces_are_24_hex_digits_and_never_the_same(OAuth1SignatureMethod method)
    {
        var clock = new TestClock(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        var secret = method == OAuth1SignatureMethod.RsaSha256 ? Vectors.All.Rsa[0].PrivateKey! : Canaries.NewSecret("consumer");
        var signer = new OAuth1RequestSigner(Scheme(method), new OAuthClient("key", new Secret(secret)), null, null, "a \"quoted\" realm", clock);
        var headers = new List<string>();

        await Parallel.ForAsync(0, 200, async (_, cancellationToken) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "https://app.example/me");
            await signer.SignAsync(request, [], cancellationToken);
            lock (headers)
                headers.Add(request.Headers.GetValues("Authorization").Single());
        });

        headers.ShouldAllBe(h => h.StartsWith("OAuth realm=\"a \\\"quoted\\\" realm\", oauth_consumer_key=\"key\", ") && h.Contains(", oauth_timestamp=\"1700000000\", "));
        var nonces = headers.Select(h => h.Split("oauth_nonce=\"")[1].Split('"')[0]).ToHashSet();
        nonces.Count.ShouldBe(200);
        nonces.ShouldAllBe(n => n.Length == 24 && n.All(char.IsAsciiHexDigitLower));
    }

    [Fact]
    public async Task The_hash_of_a_body_that_is_no_form_is_signed()
    {
        var vector = Vectors.All.BodyHashes.Single();
        var signer = new OAuth1RequestSigner(Scheme(OAuth1SignatureMethod.HmacSha1) with { BodyHash = true }, new OAuthClient("key", new Secret(Canaries.NewSecret("consumer"))), null, null, null, TimeProvider.System);
        using var text = new HttpRequestMessage(HttpMethod.Post, "https://app.example/me") { Content = new StringContent(vector.Body) };
        using var form = new HttpRequestMessage(HttpMethod.Post, "https://app.example/me") { Content = new FormUrlEncodedContent([new("a", "b")]) };

        await signer.SignAsync(text, [], default);
        await signer.SignAsync(form, [], default);

        text.Headers.GetValues("Authorization").Single().ShouldContain($"oauth_body_hash=\"{Uri.EscapeDataString(vector.Hash)}\"");
        form.Headers.GetValues("Authorization").Single().ShouldNotContain("oauth_body_hash");
    }

    [Fact]
    public void A_consumer_secret_that_is_no_key_is_told_without_showing_it()
    {
        var secret = Canaries.NewSecret("no key");

        var fault = Should.Throw<FormatException>(() => OAuth1Signer.Create(OAuth1SignatureMethod.RsaSha1, new Secret(secret), null));

        fault.ToString().ShouldNotContain(secret);
        fault.Message.ShouldContain("PEM");
    }

    private static OAuth1Scheme Scheme(OAuth1SignatureMethod method) => new() { Name = "oauth1", DisplayName = "OAuth 1.0", Flow = OAuth1Flow.TwoLegged, SignatureMethod = method };

    private static Secret? SecretOf(string? text) => string.IsNullOrEmpty(text) ? null : new Secret(text);

    private static string BaseString(string method, Uri address, (string Name, string Value)[]? parameters = null, string form = "")
    {
        var collected = new SignatureBase(16);
        var text = new Utf8Buffer(16);
        foreach (var (name, value) in parameters ?? [])
            collected.Add(name, value);
        collected.AddQuery(address.Query);
        collected.AddForm(Encoding.UTF8.GetBytes(form));
        collected.WriteTo(ref text, method, address);
        var written = text.ToText();
        collected.Dispose();
        text.Dispose();
        return written;
    }

    // RFC 5849 §3.4.1.1 and §3.4.1.3.2, step by step.
    private static string NaiveBaseString(string method, string address, (string Name, string Value)[] parameters)
    {
        var sorted = parameters.Select(p => (Name: Encode(p.Name), Value: Encode(p.Value))).OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Value, StringComparer.Ordinal);
        return $"{Encode(method)}&{Encode(address)}&{Encode(string.Join('&', sorted.Select(p => $"{p.Name}={p.Value}")))}";

        static string Encode(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(b => char.IsAsciiLetterOrDigit((char)b) || "-._~".Contains((char)b) ? ((char)b).ToString() : $"%{b:X2}"));
    }
}
