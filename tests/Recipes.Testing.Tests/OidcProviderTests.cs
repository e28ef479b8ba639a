using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;

namespace Recipes.Testing.Tests;

public sealed class OidcProviderTests
{
    private const string Callback = "http://127.0.0.1:9/callback/crm";
    private const string Verifier = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJK";

    private readonly HttpClient _client = new();

    [NodeFact]
    public async Task A_consent_gives_tokens_that_open_what_was_consented_to()
    {
        await using var provider = await OidcProvider.StartAsync();
        await provider.AddClientAsync("app", "app-secret", "client_secret_basic", Callback);

        var tokens = await ConsentAsync(provider, "openid api:read");

        (await GetAsync(provider.ApiRead, tokens.AccessToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GetAsync(provider.ApiRead, tokens.AccessToken)).Text.ShouldContain("\"sub\":\"alice\"");
        (await GetAsync(provider.ApiWrite, tokens.AccessToken)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await GetAsync(provider.ApiRead, "nonsense")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var counters = await provider.CountersAsync();
        counters.CodeExchanges.ShouldBe(1);
        counters.ClientAuthentication["basic"].ShouldBe(1);
        counters.Requests("/api/read").ShouldBe(3);
        counters.Statuses["/api/write 403"].ShouldBe(1);
    }

    [NodeFact]
    public async Task A_refused_consent_comes_back_with_access_denied()
    {
        await using var provider = await OidcProvider.StartAsync();
        await provider.SetRedirectUrisAsync("post", Callback);
        using var robot = new ConsentRobot();

        var callback = await robot.AuthorizeAsync(AuthorizeAddress(provider, "post", "openid"), "alice", "any", allow: false);

        HttpUtility.ParseQueryString(callback.Query)["error"].ShouldBe("access_denied");
        HttpUtility.ParseQueryString(callback.Query)["iss"].ShouldBe(provider.IssuerText);
    }

    [NodeTheory]
    [InlineData(IssParameter.Wrong, "https://attacker.example")]
    [InlineData(IssParameter.None, null)]
    public async Task The_issuer_in_the_response_can_be_altered(IssParameter iss, string? expected)
    {
        await using var provider = await OidcProvider.StartAsync();
        await provider.SetRedirectUrisAsync("basic", Callback);
        await provider.SetIssAsync(iss);
        await provider.SetIssAnnouncedAsync(false);
        using var robot = new ConsentRobot();

        var callback = await robot.AuthorizeAsync(AuthorizeAddress(provider, "basic", "openid"), "alice", "any");
        var metadata = await _client.GetStringAsync(new Uri(provider.Issuer, "/.well-known/openid-configuration"));

        var query = HttpUtility.ParseQueryString(callback.Query);
        query["iss"].ShouldBe(expected);
        query["state"].ShouldBe("st8");
        query["code"].ShouldNotBeNull();
        metadata.ShouldNotContain("authorization_response_iss_parameter_supported");
    }

    [NodeFact]
    public async Task A_rotated_token_used_again_kills_the_grant()
    {
        await using var provider = await OidcProvider.StartAsync();
        await provider.AddClientAsync("app", "app-secret", "client_secret_basic", Callback);
        var first = await ConsentAsync(provider, "openid api:read");

        var second = await RefreshAsync(provider, first.RefreshToken);
        var again = await RefreshAsync(provider, first.RefreshToken);

        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        again.Text.ShouldContain("invalid_grant");
        (await GetAsync(provider.ApiRead, Parse(second.Text).AccessToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await provider.CountersAsync()).Refreshes.ShouldBe(2);
    }

    [NodeFact]
    public async Task A_revoked_grant_and_a_narrowed_consent_show()
    {
        await using var provider = await OidcProvider.StartAsync();
        await provider.AddClientAsync("app", "app-secret", "client_secret_basic", Callback);
        await provider.SetRotationAsync(false);
        var tokens = await ConsentAsync(provider, "openid api:read api:write");

        await provider.RejectScopeAsync(tokens.RefreshToken, "api:write");
        var narrowed = await RefreshAsync(provider, tokens.RefreshToken);
        await provider.RevokeGrantAsync(tokens.RefreshToken);
        var revoked = await RefreshAsync(provider, tokens.RefreshToken);

        narrowed.StatusCode.ShouldBe(HttpStatusCode.OK);
        narrowed.Text.ShouldContain("\"scope\":\"openid api:read\"");
        revoked.Text.ShouldContain("invalid_grant");
    }

    [NodeFact]
    public async Task Client_and_account_troubles_have_their_own_answers()
    {
        await using var provider = await OidcProvider.StartAsync();
        await provider.AddClientAsync("app", "app-secret", "client_secret_basic", Callback);
        var tokens = await ConsentAsync(provider, "openid");

        await provider.SetClientSecretAsync("app", "another");
        var oldSecret = await RefreshAsync(provider, tokens.RefreshToken);
        await provider.SetClientSecretAsync("app", "app-secret");
        await provider.ExpireClientSecretAsync("app");
        var expiredSecret = await RefreshAsync(provider, tokens.RefreshToken);
        await provider.AddClientAsync("app", "app-secret", "client_secret_basic", Callback);
        await provider.SetAccountsGoneAsync("alice");
        var accountGone = await RefreshAsync(provider, tokens.RefreshToken);
        await provider.DropClientAsync("app");
        var noClient = await RefreshAsync(provider, tokens.RefreshToken);

        (oldSecret.StatusCode, oldSecret.Text.Contains("invalid_client", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.Unauthorized, true));
        (expiredSecret.StatusCode, expiredSecret.Text.Contains("invalid_client", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.BadRequest, true));
        (accountGone.StatusCode, accountGone.Text.Contains("invalid_grant", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.BadRequest, true));
        noClient.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [NodeFact]
    public async Task Faults_outages_and_latency_come_and_go_on_order()
    {
        await using var provider = await OidcProvider.StartAsync();
        await provider.AddClientAsync("app", "app-secret", "client_secret_basic", Callback);
        await provider.SetRotationAsync(false);
        var tokens = await ConsentAsync(provider, "openid api:read");

        await provider.FailAsync(new OidcFault { Status = 429, RetryAfter = "7", Path = "/token", Times = 1 });
        var limited = await RefreshAsync(provider, tokens.RefreshToken);
        var wellAgain = await RefreshAsync(provider, tokens.RefreshToken);
        await provider.FailAsync(new OidcFault { Drop = true, After = true, Path = "/token" });
        await Should.ThrowAsync<HttpRequestException>(() => RefreshAsync(provider, tokens.RefreshToken));
        await provider.HealAsync();
        await provider.DownAsync();
        await Should.ThrowAsync<HttpRequestException>(() => RefreshAsync(provider, tokens.RefreshToken));
        await provider.UpAsync();
        var after = await RefreshAsync(provider, tokens.RefreshToken);

        ((int)limited.StatusCode, limited.RetryAfter).ShouldBe((429, "7"));
        wellAgain.StatusCode.ShouldBe(HttpStatusCode.OK);
        after.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await provider.CountersAsync()).Refreshes.ShouldBe(4);
    }

    [NodeFact]
    public async Task A_lost_reply_leaves_the_rotated_token_used_up()
    {
        await using var provider = await OidcProvider.StartAsync();
        await provider.AddClientAsync("app", "app-secret", "client_secret_basic", Callback);
        var tokens = await ConsentAsync(provider, "openid api:read");

        await provider.FailAsync(new OidcFault { Drop = true, After = true, Path = "/token", Times = 1 });
        await Should.ThrowAsync<HttpRequestException>(() => RefreshAsync(provider, tokens.RefreshToken));

        (await RefreshAsync(provider, tokens.RefreshToken)).Text.ShouldContain("invalid_grant");
    }

    [NodeFact]
    public async Task Lifetimes_count_for_tokens_issued_afterwards()
    {
        await using var provider = await OidcProvider.StartAsync();
        await provider.AddClientCredentialsClientAsync("machine", "machine-secret");
        await provider.SetLifetimesAsync(accessToken: TimeSpan.FromSeconds(90));

        var answer = await TokenAsync(provider, "machine", "machine-secret", new() { ["grant_type"] = "client_credentials", ["scope"] = "api:read" });

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Text.ShouldContain("\"expires_in\":90");
    }

    private static Uri AuthorizeAddress(OidcProvider provider, string client, string scope)
    {
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return new Uri(
            $"{provider.AuthorizationEndpoint}?client_id={client}&response_type=code&redirect_uri={Uri.EscapeDataString(Callback)}"
            + $"&scope={Uri.EscapeDataString(scope)}&state=st8&code_challenge={challenge}&code_challenge_method=S256");
    }

    private static (string AccessToken, string RefreshToken) Parse(string text)
    {
        var json = JsonDocument.Parse(text).RootElement;
        return (json.GetProperty("access_token").GetString()!, json.GetProperty("refresh_token").GetString()!);
    }

    private async Task<(string AccessToken, string RefreshToken)> ConsentAsync(OidcProvider provider, string scope)
    {
        using var robot = new ConsentRobot();
        var callback = await robot.AuthorizeAsync(AuthorizeAddress(provider, "app", scope), "alice", "any");
        var answer = await TokenAsync(provider, "app", "app-secret", new()
        {
            ["grant_type"] = "authorization_code",
            ["code"] = HttpUtility.ParseQueryString(callback.Query)["code"]!,
            ["redirect_uri"] = Callback,
            ["code_verifier"] = Verifier,
        });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, answer.Text);
        return Parse(answer.Text);
    }

    private Task<Answer> RefreshAsync(OidcProvider provider, string refreshToken) =>
        TokenAsync(provider, "app", "app-secret", new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken });

    private async Task<Answer> TokenAsync(OidcProvider provider, string client, string secret, Dictionary<string, string> form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.TokenEndpoint) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client}:{secret}")));
        return await SendAsync(request);
    }

    private async Task<Answer> GetAsync(Uri address, string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await SendAsync(request);
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _client.SendAsync(request);
        return new Answer(answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.RetryAfter?.ToString());
    }

    private sealed record Answer(HttpStatusCode StatusCode, string Text, string? RetryAfter);
}
