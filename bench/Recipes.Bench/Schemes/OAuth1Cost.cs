using System.Security.Cryptography;
using System.Text;
using Recipes.Connections;

namespace Recipes.Bench;

/// <summary>Part e: what signing a request by OAuth 1.0 costs over the bare cryptographic operation on as many bytes.</summary>
internal static class OAuth1Cost
{
    private const string ConsumerSecret = "a-consumer-secret-of-the-benchmark";
    private const string TokenSecret = "a-token-secret-of-the-benchmark";
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(60);
    private static readonly Uri s_address = new("https://app.example/api/opportunities?account=acme&limit=50&order=name");

    public static async Task RunAsync()
    {
        using var key = RSA.Create(2048);
        var pem = key.ExportPkcs8PrivateKeyPem();
        var hmacKey = Encoding.ASCII.GetBytes($"{ConsumerSecret}&{TokenSecret}");
        var text = Encoding.ASCII.GetBytes(BaseString());
        var mac = new byte[HMACSHA512.HashSizeInBytes];
        var signature = new byte[key.KeySize / 8];

        (OAuth1SignatureMethod Method, Action Bare)[] methods =
        [
            (OAuth1SignatureMethod.HmacSha1, () => HMACSHA1.HashData(hmacKey, text, mac)),
            (OAuth1SignatureMethod.HmacSha256, () => HMACSHA256.HashData(hmacKey, text, mac)),
            (OAuth1SignatureMethod.HmacSha512, () => HMACSHA512.HashData(hmacKey, text, mac)),
            (OAuth1SignatureMethod.RsaSha1, () => key.SignData(text, signature, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)),
            (OAuth1SignatureMethod.RsaSha256, () => key.SignData(text, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            (OAuth1SignatureMethod.RsaSha512, () => key.SignData(text, signature, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)),
            (OAuth1SignatureMethod.PlainText, () => Encoding.ASCII.GetBytes(TokenSecret, mac)),
        ];

        var (time, memory) = (new List<Row>(), new List<Row>());
        foreach (var (method, bare) in methods)
        {
            var authenticator = Authenticator(method, pem);
            using var request = new HttpRequestMessage(HttpMethod.Get, s_address);
            ValueTask SignAsync() => authenticator.ApplyAsync(request, CancellationToken.None);
            ValueTask BareAsync()
            {
                bare();
                return ValueTask.CompletedTask;
            }

            var name = OAuth1SignatureMethods.NameOf(method);
            var costs = await Rounds.RunAsync(rounds: 25, () => Task.FromResult(Cost.Microseconds(s_slice, SignAsync)), () => Task.FromResult(Cost.Microseconds(s_slice, BareAsync)));
            var (ours, theirs) = (new Samples(costs[0]), new Samples(costs[1]));
            time.Add(new(name, Figures.Number(ours.Median), Figures.Range(ours), $"{(method == OAuth1SignatureMethod.PlainText ? "copying the secret" : "the bare operation")}, {Figures.Number(theirs.Median)}", Figures.Ratio(ours.RatioTo(theirs))));
            memory.Add(new(name, Figures.Number(Cost.Bytes(SignAsync)), ""));
        }

        Table.Print($"e  Signing one request by OAuth 1.0 ({text.Length} bytes are signed), processor time, µs", time);
        Table.Print("e  Memory allocated for it, the header among it, bytes", memory);
    }

    private static RequestAuthenticator Authenticator(OAuth1SignatureMethod method, string pem)
    {
        var scheme = new OAuth1Scheme { Name = "bench", DisplayName = "Bench", SignatureMethod = method };
        var tokens = new TokenSet(new Secret("a-token-of-the-benchmark"), null, null, null, null) { Values = new Dictionary<string, Secret> { [TokenSet.TokenSecret] = new(TokenSecret) } };
        return scheme.CreateAuthenticator(new SchemeInputs
        {
            Fields = new Dictionary<string, string>(),
            Credential = new Credential { Tokens = tokens },
            Client = new OAuthClient("bench", new Secret(scheme.UsesPrivateKey ? pem : ConsumerSecret)),
            BaseAddress = new Uri("https://app.example/"),
            Time = TimeProvider.System,
        });
    }

    // As RFC 5849 §3.4.1 wants it for this very request.
    private static string BaseString()
    {
        const string Parameters = "account=acme&limit=50&oauth_consumer_key=bench&oauth_nonce=0123456789abcdef01234567&oauth_signature_method=HMAC-SHA1&oauth_timestamp=1700000000"
            + "&oauth_token=a-token-of-the-benchmark&oauth_version=1.0&order=name";
        return $"GET&{Uri.EscapeDataString(s_address.GetLeftPart(UriPartial.Path))}&{Uri.EscapeDataString(Parameters)}";
    }
}
