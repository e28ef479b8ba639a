using System.Net;

namespace Recipes.Testing.Tests;

public sealed class OAuth1ProviderTests
{
    [OAuth1Fact]
    public async Task It_checks_signatures_and_fails_as_it_is_told()
    {
        await using var provider = await OAuth1Provider.StartAsync();
        using var client = new HttpClient();
        await provider.SetClientAsync("consumer", "secret");

        var right = await AskAsync(client, provider, "secret");
        var wrong = await AskAsync(client, provider, "another");
        await provider.FailAsync(503, retryAfter: "7");
        var failed = await AskAsync(client, provider, "secret");
        await provider.HealAsync();
        var healed = await AskAsync(client, provider, "secret");

        right.StatusCode.ShouldBe(HttpStatusCode.OK);
        wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await wrong.Content.ReadAsStringAsync()).ShouldBe("oauth_problem=signature_invalid");
        failed.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        failed.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        healed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await provider.CountersAsync())["/signed/me"].ShouldBe(4);
    }

    // PLAINTEXT: what the signature should be can be read off.
    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, OAuth1Provider provider, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(provider.BaseAddress, "/signed/me"));
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"OAuth oauth_consumer_key=\"consumer\", oauth_signature_method=\"PLAINTEXT\", oauth_signature=\"{secret}%26\", oauth_timestamp=\"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}\", oauth_nonce=\"{Guid.NewGuid():N}\"");
        return await client.SendAsync(request);
    }
}
