using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>When an OAuth client counts as refused, and who is told of it.</summary>
public sealed class ClientHealthTests
{
    private readonly TestClock _clock = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task A_refused_client_is_over_once_a_new_one_is_accepted_and_not_before()
    {
        await using var provider = await AppServer.StartAsync(r => r.Target == "/token" ? r.Text.Contains("client_secret=right", StringComparison.Ordinal) ? Token() : Refused() : null);
        await using var harness = await StartAsync(provider);
        var id = await ImportAsync(harness, "wrong-1");

        var first = await RenewAsync(harness, id);
        await GiveSecretAsync(harness, "wrong-2");
        var cleared = (await harness.DefinitionOfAsync(id)).ClientFailure;
        var second = await RenewAsync(harness, id);
        var again = (await harness.DefinitionOfAsync(id)).ClientFailure;
        await GiveSecretAsync(harness, "right");
        var before = harness.Store.Alerts;
        // Nobody has to use it for that: its token lives on.
        await harness.SweepAsync();
        _clock.Advance(TimeSpan.FromHours(27));
        await harness.SweepAsync();

        (first, second).ShouldBe((FailureKind.ClientRejected, FailureKind.ClientRejected));
        cleared.ShouldBeNull();
        again.ShouldNotBeNull();
        before.Select(a => a.Kind).ShouldBe([AlertKind.Lost]);
        harness.Store.Alerts.Select(a => (a.Kind, a.Connection)).ShouldBe([(AlertKind.Lost, null), (AlertKind.Recovered, null)]);
        (await harness.DefinitionOfAsync(id)).ClientFailure.ShouldBeNull();
    }

    [Fact]
    public async Task A_refusal_that_comes_after_a_new_secret_was_given_is_not_held_against_it()
    {
        var (asked, goOn) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var provider = await AppServer.StartAsync(r => r.Target == "/token" ? new Late(asked, goOn.Task, Refused()) : null);
        await using var harness = await StartAsync(provider);
        var id = await ImportAsync(harness, "old");

        var renewal = RenewAsync(harness, id);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await GiveSecretAsync(harness, "new");
        goOn.SetResult();

        (await renewal).ShouldBe(FailureKind.ClientRejected);
        (await harness.DefinitionOfAsync(id)).ClientFailure.ShouldBeNull();
        harness.Store.Alerts.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("code")]
    [InlineData("pushed")]
    [InlineData("device")]
    [InlineData("request token")]
    [InlineData("access token")]
    public async Task A_server_of_the_accounts_own_choice_blames_no_client_that_others_use(string way)
    {
        await using var own = await AppServer.StartAsync(r => r.Target.Split('?')[0] switch
        {
            "/request" when way == "access token" => Results.Text("oauth_token=some-token&oauth_token_secret=some-secret&oauth_callback_confirmed=true"),
            "/request" or "/access" => Results.Text("oauth_problem=consumer_key_unknown", statusCode: 401),
            _ => Refused(),
        });
        await using var harness = await ConnectionsHarness.StartAsync(new Profiles(Chosen(way)), [own.Address.Authority], _clock);
        await harness.DefineAsync("app", "app", "oauth", clientId: "client");
        var id = await harness.ConnectAsync("app", new() { ["server"] = own.Address.AbsoluteUri });

        var failure = await ConsentAsync(harness, id, way);

        failure.Kind.ShouldBe(FailureKind.Misconfigured);
        own.Requests.ShouldNotBeEmpty();
        (await harness.DefinitionOfAsync(id)).ClientFailure.ShouldBeNull();
        harness.Store.Alerts.ShouldBeEmpty();
    }

    private static async Task<Failure> ConsentAsync(ConnectionsHarness harness, ConnectionId id, string way)
    {
        if (way == "device")
            return (await harness.Devices.StartAsync(ConnectionsHarness.Operator, await harness.ReadAsync(id), null, CancellationToken.None)).ShouldBeOfType<DeviceStart.Failed>().Failure;
        if (way is "pushed" or "request token")
            return (await harness.TryStartFlowAsync(id)).ShouldBeOfType<FlowStart.Failed>().Failure;
        var browser = await harness.StartFlowAsync(id);
        var query = System.Web.HttpUtility.ParseQueryString(browser.Started.AuthorizationAddress.Query);
        var callback = new FlowCallback(query["state"] ?? query["oauth_token"], harness.NewSecret("code"), null, null, null) { Parameters = new Dictionary<string, string> { ["oauth_verifier"] = "some-verifier" } };
        return (await harness.CompleteAsync(browser, callback)).ShouldBeOfType<FlowOutcome.Failed>().Failure;
    }

    private static ConnectorProfile Chosen(string way)
    {
        static FieldTemplate At(string path) => FieldTemplate.Parse("{{fields.server}}" + path);
        AuthScheme scheme = way.EndsWith("token", StringComparison.Ordinal)
            ? new OAuth1Scheme { Name = "oauth", DisplayName = "OAuth", Flow = OAuth1Flow.ThreeLegged, RequestTokenEndpoint = At("request"), AuthorizationEndpoint = At("authorize"), AccessTokenEndpoint = At("access") }
            : new OAuth2Scheme
            {
                Name = "oauth",
                DisplayName = "OAuth",
                Grant = way == "device" ? OAuth2Grant.DeviceCode : OAuth2Grant.AuthorizationCode,
                AuthorizationEndpoint = At("authorize"),
                TokenEndpoint = At("token"),
                DeviceAuthorizationEndpoint = way == "device" ? At("device") : null,
                PushedAuthorizationEndpoint = way == "pushed" ? At("pushed") : null,
                ClientAuthentication = ClientAuthentication.None,
            };
        return new()
        {
            Name = "app",
            DisplayName = "App",
            BaseAddress = FieldTemplate.Parse("https://app.example/"),
            Fields = [new() { Name = "server", Label = "Server", Kind = FieldKind.Url }],
            Schemes = [scheme],
        };
    }

    private Task<ConnectionsHarness> StartAsync(AppServer provider) => ConnectionsHarness.StartAsync(new Profiles(new ConnectorProfile
    {
        Name = "app",
        DisplayName = "App",
        BaseAddress = FieldTemplate.Parse(provider.Address.AbsoluteUri),
        Schemes =
        [
            new OAuth2Scheme
            {
                Name = "oauth2",
                DisplayName = "OAuth 2.0",
                AuthorizationEndpoint = FieldTemplate.Parse($"{provider.Address}authorize"),
                TokenEndpoint = FieldTemplate.Parse($"{provider.Address}token"),
                ClientAuthentication = ClientAuthentication.Body,
            },
        ],
        Probe = new(HttpMethod.Get, FieldTemplate.Parse("me")),
    }), [provider.Address.Authority], _clock);

    private static async Task<ConnectionId> ImportAsync(ConnectionsHarness harness, string secret)
    {
        await harness.DefineAsync("app", "app", "oauth2", clientId: "client", clientSecret: secret);
        var tokens = new ImportedTokens { AccessToken = new(harness.NewSecret("access token")), RefreshToken = new(harness.NewSecret("refresh token")) };
        var made = await harness.Setup.CreateAsync(ConnectionsHarness.Operator, new() { DefinitionKey = "app", Owner = Owner.Organisation, Tokens = tokens }, CancellationToken.None);
        return made.ShouldBeOfType<SetupResult<Connection>.Done>().Value.Id;
    }

    private static async Task<FailureKind?> RenewAsync(ConnectionsHarness harness, ConnectionId id)
    {
        var live = await harness.Get<LiveConnections>().GetLiveAsync(id, CancellationToken.None);
        live.Invalidate();
        return (await live.RenewAsync(always: true, CancellationToken.None)).Failure?.Kind;
    }

    private static async Task GiveSecretAsync(ConnectionsHarness harness, string secret) =>
        (await harness.Get<DefinitionSetup>().ChangeAsync(ConnectionsHarness.Operator, "app", new() { ClientSecret = new(secret) }, CancellationToken.None)).ShouldBeOfType<SetupResult<ConnectionDefinition>.Done>();

    private static IResult Refused() => Results.Json(new { error = "invalid_client" }, statusCode: 401);

    private static IResult Token() => Results.Json(new { access_token = $"access-{Guid.NewGuid():N}", token_type = "Bearer" });

    /// <summary>Tells that it was asked, and answers when it is let.</summary>
    private sealed class Late(TaskCompletionSource asked, Task until, IResult answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            asked.TrySetResult();
            await until;
            await answer.ExecuteAsync(context);
        }
    }
}
