using System.Net.Http.Headers;
using Recipes.Connections;

namespace Recipes.Bench;

/// <summary>Part e: what it costs to authenticate one request, beside setting the header by hand on a request of the same kind.</summary>
internal static class ApplyCost
{
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(40);
    private static readonly Uri s_address = new("https://app.example/api/items/1");
    private static readonly Dictionary<string, string> s_fields = new() { ["username"] = "bench" };
    private static readonly AuthenticationHeaderValue s_bearer = new("Bearer", "an-access-token-of-the-benchmark");
    private static readonly AuthenticationHeaderValue s_basic = new("Basic", Convert.ToBase64String("bench:a-password-of-the-benchmark"u8));

    public static async Task RunAsync()
    {
        (string What, AuthScheme Scheme, Action<HttpRequestMessage> ByHand)[] ways =
        [
            ("OAuth 2.0 bearer token", new OAuth2Scheme { Name = "oauth2", DisplayName = "OAuth 2.0" }, r => r.Headers.Authorization = s_bearer),
            ("basic", new BasicScheme { Name = "basic", DisplayName = "Basic" }, r => r.Headers.Authorization = s_basic),
            ("API key in a header", new ApiKeyScheme { Name = "key", DisplayName = "Key", Location = ApiKeyLocation.Header, ParameterName = FieldTemplate.Parse("X-Api-Key") }, r => r.Headers.TryAddWithoutValidation("X-Api-Key", BenchConnections.Key)),
        ];
        var operations = ways.SelectMany(w => (Func<ValueTask>[])[Bare(w.ByHand), Applied(w.Scheme.CreateAuthenticator(Inputs()))]).ToArray();

        var times = (await Rounds.RunAsync(rounds: 11, [.. operations.Select(o => (Func<Task<double>>)(() => Task.FromResult(Cost.Microseconds(s_slice, o))))])).Select(f => new Samples(f)).ToArray();
        var bytes = operations.Select(Cost.Bytes).ToArray();

        var rows = new List<Row>();
        for (var i = 0; i < ways.Length; i++)
        {
            var (bare, ours) = (times[2 * i], times[(2 * i) + 1]);
            rows.Add(new($"{ways[i].What}, µs", Figures.Number(ours.Median), Figures.Range(ours), $"header set by hand, {Figures.Number(bare.Median)}", Figures.Ratio(ours.RatioTo(bare))));
            rows.Add(new($"{ways[i].What}, bytes allocated", Figures.Number(bytes[(2 * i) + 1]), "", $"header set by hand, {Figures.Number(bytes[2 * i])}", Figures.Ratio(bytes[(2 * i) + 1] / bytes[2 * i])));
        }

        Table.Print("e  Making a request and authenticating it, nothing sent, one thread, processor time", rows);
    }

    private static Func<ValueTask> Bare(Action<HttpRequestMessage> byHand) => () =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, s_address);
        byHand(request);
        return ValueTask.CompletedTask;
    };

    private static Func<ValueTask> Applied(RequestAuthenticator authenticator) => async () =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, s_address);
        await authenticator.ApplyAsync(request, CancellationToken.None);
    };

    private static SchemeInputs Inputs() => new()
    {
        Fields = s_fields,
        Credential = new()
        {
            Secrets = new Dictionary<string, Secret> { ["password"] = new("a-password-of-the-benchmark"), ["apiKey"] = new(BenchConnections.Key) },
            Tokens = new(new("an-access-token-of-the-benchmark"), null, null, null, null),
        },
        BaseAddress = new("https://app.example/"),
        Time = TimeProvider.System,
    };
}
