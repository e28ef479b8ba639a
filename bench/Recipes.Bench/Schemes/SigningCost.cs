using System.Net;
using System.Security.Cryptography;
using System.Text;
using Recipes.Connections;

namespace Recipes.Bench;

/// <summary>Part e: what it costs to sign one request in each way, beside the cryptography that it cannot do without.</summary>
internal static class SigningCost
{
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(60);
    private static readonly byte[] s_body = Encoding.UTF8.GetBytes("{\"name\":\"opportunity\",\"amount\":12000,\"accountId\":\"acc-17\"}");
    private static readonly byte[] s_key = RandomNumberGenerator.GetBytes(32);

    public static async Task RunAsync()
    {
        using var signing = SigningKey.NewEs256();
        var digest = new DigestScheme { Name = "digest", DisplayName = "digest" };
        var rows = new List<Row>
        {
            await MeasureAsync("AWS Signature Version 4", new AwsSignatureScheme { Name = "aws", DisplayName = "aws", Region = FieldTemplate.Parse("eu-central-1"), Service = FieldTemplate.Parse("execute-api") }.CreateAuthenticator(Inputs()),
                "2 hashes, 1 HMAC", () => HMACSHA256.HashData(s_key, SHA256.HashData(SHA256.HashData(s_body)))),
            await MeasureAsync("digest, SHA-256", Challenged(digest.CreateAuthenticator(Inputs())), "2 hashes", () => SHA256.HashData(SHA256.HashData(s_body))),
            await MeasureAsync("EdgeGrid", CodeAuthentications.BuiltIn[0].CreateAuthenticator(Inputs()), "1 hash, 2 HMACs", () => HMACSHA256.HashData(HMACSHA256.HashData(s_key, s_body), SHA256.HashData(s_body))),
            await MeasureAsync("HMAC by templates", new ApplyAuthenticator(Hmac(), Inputs(), null), "1 HMAC", () => HMACSHA256.HashData(s_key, s_body)),
            await MeasureAsync("DPoP", new OAuth2Scheme { Name = "oauth2", DisplayName = "oauth2" }.CreateAuthenticator(Inputs() with
            {
                Credential = new Credential { Tokens = new(new("token"), null, null, null, null) { TokenType = "DPoP", Values = new Dictionary<string, Secret> { ["dpopKey"] = signing.ExportPem()! } } },
            }), "1 ES256 signature", () => signing.Sign(s_body)),
        };
        Table.Print("e  Processor time to sign one request, µs", rows);
    }

    private static async Task<Row> MeasureAsync(string what, RequestAuthenticator authenticator, string bareWhat, Func<byte[]> bare)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://app.example/api/opportunities?account=acc-17&limit=50") { Content = new ByteArrayContent(s_body) };
        await request.Content.LoadIntoBufferAsync();

        async ValueTask SignAsync()
        {
            await authenticator.ApplyAsync(request, CancellationToken.None);
            authenticator.Withdraw(request);
        }

        ValueTask Bare()
        {
            _ = bare();
            return ValueTask.CompletedTask;
        }

        var costs = await Rounds.RunAsync(rounds: 9, () => Task.FromResult(Cost.Microseconds(s_slice, SignAsync)), () => Task.FromResult(Cost.Microseconds(s_slice, Bare)));
        var (ours, theirs) = (new Samples(costs[0]), new Samples(costs[1]));
        return new(what, Figures.Number(ours.Median), Figures.Range(ours), $"{bareWhat}, {Figures.Number(theirs.Median)}", Figures.Ratio(ours.RatioTo(theirs)));
    }

    private static RequestAuthenticator Challenged(RequestAuthenticator digest)
    {
        using var challenge = new HttpResponseMessage(HttpStatusCode.Unauthorized);
        challenge.Headers.TryAddWithoutValidation("WWW-Authenticate", "Digest realm=\"app\", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", qop=\"auth\", algorithm=SHA-256");
        digest.TakeChallenge(challenge);
        return digest;
    }

    private static ApplyRules Hmac() => new()
    {
        Values = [new("signed", CredentialTemplate.Parse("{{concat request.method request.pathAndQuery request.body}}"))],
        Headers = [new("X-Signature", CredentialTemplate.Parse("{{hmacSha256Hex secrets.password values.signed}}"))],
    };

    private static SchemeInputs Inputs() => new()
    {
        Fields = new Dictionary<string, string> { ["username"] = "bench", ["accessKeyId"] = "bench" },
        Credential = new Credential
        {
            Secrets = new[] { "password", "secretAccessKey", "clientToken", "clientSecret", "accessToken" }.ToDictionary(n => n, n => new Secret($"not-a-secret-{n}")),
        },
        BaseAddress = new Uri("https://app.example/"),
        Time = TimeProvider.System,
    };
}
