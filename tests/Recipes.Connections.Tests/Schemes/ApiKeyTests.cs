using System.Text;
using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class ApiKeyTests(NginxFixture nginx) : IClassFixture<NginxFixture>
{
    private NginxServer Nginx => nginx.Server;

    [NginxFact]
    public async Task A_key_goes_into_its_header()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var (id, key) = await ConnectAsync(harness, "header");

        var reply = await harness.SendAsync(id, "key/in-header");

        reply.Failure.ShouldBeNull();
        (await Nginx.RequestsAsync()).Single(r => r.Uri == "/key/in-header").ApiKey.ShouldBe(key);
    }

    [NginxFact]
    public async Task A_key_may_have_a_prefix()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var (id, key) = await ConnectAsync(harness, "prefixed");

        await harness.SendAsync(id, "echo/prefixed");

        (await Nginx.RequestsAsync()).Single(r => r.Uri == "/echo/prefixed").Authorization.ShouldBe($"Token {key}");
    }

    [NginxFact]
    public async Task A_key_in_the_address_is_shown_nowhere_even_if_the_app_echoes_it()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var (id, key) = await ConnectAsync(harness, "query");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("key/in-query?a=1", UriKind.Relative));

        using var reply = await (await harness.Get<IConnectionClients>().GetAsync(id, CancellationToken.None)).SendAsync(request, "Read", CancellationToken.None);

        (await Nginx.RequestsAsync()).ShouldContain(r => r.Uri == $"/key/in-query?a=1&api_key={key}");
        reply.RequestLine.ShouldBe($"GET {Nginx.Address("/key/in-query?a=1")}");
        request.RequestUri!.AbsoluteUri.ShouldNotContain(key);
        reply.Response!.RequestMessage!.RequestUri!.AbsoluteUri.ShouldNotContain(key);
    }

    [Fact]
    public async Task What_an_app_echoes_in_an_error_is_redacted()
    {
        var key = Canaries.NewSecret("api key");
        var scheme = Profiles.Keys(new("http://127.0.0.1/"));
        using var response = new HttpResponseMessage(System.Net.HttpStatusCode.BadRequest)
        {
            ReasonPhrase = $"Bad {key}",
            Content = new StringContent($$"""{"message":"GET /key/x?api_key={{key}} went wrong","error":"{{key}}"}""", Encoding.UTF8, "application/json"),
        };

        var failure = await FailureClassifier.ClassifyAsync(response, scheme, RequestPurpose.Action, new Redactor([new Secret(key)]), default, CancellationToken.None);

        failure!.ToString().ShouldNotContain(key);
        failure.ProviderWords.ShouldBe("GET /key/x?api_key=*** went wrong");
    }

    [NginxTheory]
    [InlineData("""{"name":"x"}""", "application/json")]
    [InlineData("name=x%20y", "application/x-www-form-urlencoded")]
    [InlineData(null, null)]
    public async Task A_key_goes_into_the_body(string? body, string? type)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var (id, key) = await ConnectAsync(harness, "body");
        var path = $"echo/{Guid.NewGuid():N}";
        var content = body is null ? null : new StringContent(body, Encoding.UTF8, type!);

        var reply = await harness.SendAsync(id, path, method: HttpMethod.Post, content: content);

        reply.Failure.ShouldBeNull();
        var seen = (await Nginx.RequestsAsync()).Single(r => r.Uri == $"/{path}");
        seen.Body.ShouldBe(type?.Contains("form") == true ? $"name=x%20y&api_key={key}" : body is null ? $$"""{"api_key":"{{key}}"}""" : $$"""{"name":"x","api_key":"{{key}}"}""");
        reply.Response!.RequestMessage!.Content.ShouldBeSameAs(content);
    }

    [NginxTheory]
    [InlineData("[1]")]
    [InlineData("{broken")]
    [InlineData("plain text")]
    public async Task A_body_that_can_hold_no_key_is_the_steps_fault_and_is_not_sent(string body)
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        var (id, _) = await ConnectAsync(harness, "body");
        var path = $"echo/{Guid.NewGuid():N}";

        var reply = await harness.SendAsync(id, path, method: HttpMethod.Post, content: new StringContent(body));

        reply.Failure!.Kind.ShouldBe(FailureKind.Unknown);
        (await Nginx.RequestsAsync()).ShouldNotContain(r => r.Uri == $"/{path}");
        (await harness.ReadAsync(id)).Health.ShouldBe(Health.Yellow);
    }

    [NginxFact]
    public async Task A_wrong_key_makes_a_suspect_and_a_read_only_one_a_limitation()
    {
        await using var harness = await ConnectionsHarness.StartAsync(Nginx.BaseAddress);
        await harness.DefineAsync("k", "keys", "header");
        var wrong = await harness.ConnectAsync("k", new() { ["apiKey"] = harness.NewSecret("unknown key") });
        var readOnlyKey = harness.NewSecret("read-only key");
        await Nginx.AddKeyAsync(readOnlyKey, readOnly: true);
        var readOnly = await harness.ConnectAsync("k", new() { ["apiKey"] = readOnlyKey });

        var refused = await harness.SendAsync(wrong, "key/x");
        var written = await harness.SendAsync(readOnly, "key/x", "Write", HttpMethod.Post);

        refused.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        refused.Failure.ProviderCode.ShouldBe("invalid api key");
        (await harness.ReadAsync(wrong)).State.ShouldBe(ConnectionState.Suspect);
        written.Failure!.Kind.ShouldBe(FailureKind.InsufficientPermissions);
        (await harness.ReadAsync(readOnly)).Record.Limitations.ShouldHaveSingleItem().Action.ShouldBe("Write");
    }

    [Fact]
    public async Task A_key_in_the_path_goes_before_it_and_is_shown_nowhere()
    {
        await using var app = await AppServer.StartAsync(request => request.Target.EndsWith("/bad", StringComparison.Ordinal) ? Results.Json(new { message = $"no such method: {request.Target}" }, statusCode: 400) : null);
        await using var harness = await ConnectionsHarness.StartAsync(InPath(app.Address), [app.Address.Authority]);
        var (id, key) = await ConnectAsync(harness, new Uri(app.Address, "v1"));

        var sent = await harness.SendAsync(id, "getMe?a=1");
        var failed = await harness.SendAsync(id, "bad");

        app.Requests.Select(r => r.Target).ShouldBe([$"/v1/bot{key}/getMe?a=1", $"/v1/bot{key}/bad"]);
        sent.RequestLine.ShouldBe($"GET {app.Address}v1/getMe?a=1");
        failed.Failure!.Message.ShouldBe("App answered 400 Bad Request: no such method: /v1/bot***/bad");
    }

    [Fact]
    public async Task A_key_in_the_path_follows_a_redirect_within_the_app_once_and_never_beyond_it()
    {
        await using var other = await AppServer.StartAsync();
        var elsewhere = new Uri("http://localhost:9/");
        await using var app = await AppServer.StartAsync(request => request.Target switch
        {
            var t when t.EndsWith("/here", StringComparison.Ordinal) => Results.Redirect(t.Replace("/here", "/there", StringComparison.Ordinal)),
            var t when t.EndsWith("/away", StringComparison.Ordinal) => Results.Redirect(new Uri(elsewhere, t).AbsoluteUri),
            _ => null,
        });
        elsewhere = other.Address;
        await using var harness = await ConnectionsHarness.StartAsync(InPath(app.Address), [app.Address.Authority, other.Address.Authority]);
        var (id, key) = await ConnectAsync(harness, new Uri(app.Address, "v1"));

        var here = await harness.SendAsync(id, "here");
        var away = await harness.SendAsync(id, "away");

        here.Failure.ShouldBeNull();
        app.Requests[1].Target.ShouldBe($"/v1/bot{key}/there");
        away.Failure!.Message.ShouldContain("redirected to another host with the credential");
        other.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("with space and more")]
    [InlineData("a-key-?x=1")]
    [InlineData("a-key/../../admin")]
    [InlineData("a-key#fragment")]
    public async Task A_key_that_would_change_the_path_is_told_at_set_up(string key)
    {
        await using var harness = await ConnectionsHarness.StartAsync(InPath(new("http://127.0.0.1:9/")), ["127.0.0.1:9"]);
        await harness.DefineAsync("k", "app", "api-key");

        var result = await harness.Setup.CreateAsync(ConnectionsHarness.Operator, new()
        {
            DefinitionKey = "k",
            Owner = Owner.Organisation,
            Fields = new Dictionary<string, Secret> { ["apiKey"] = new(key), ["base"] = new("http://127.0.0.1:9") },
        }, CancellationToken.None);

        var message = result.ShouldBeOfType<SetupResult<Connection>.Invalid>().Faults.Single().Message;
        message.ShouldContain("a path cannot carry");
        message.ShouldNotContain(key);
    }

    [Fact]
    public void A_key_that_no_header_can_carry_is_found_at_set_up()
    {
        var scheme = (ApiKeyScheme)Profiles.Keys(new("http://127.0.0.1/")).Schemes[0];
        SchemeInputs With(string key) => new()
        {
            Fields = new Dictionary<string, string>(),
            Credential = new Credential { Secrets = new Dictionary<string, Secret> { ["apiKey"] = new(key) } },
            BaseAddress = new Uri("http://127.0.0.1/"),
            Time = TimeProvider.System,
        };

        Should.Throw<FormatException>(() => scheme.CreateAuthenticator(With("line\nbreak-key")));
        Should.Throw<FormatException>(() => scheme.CreateAuthenticator(With("schlüssel-key"))).Message.ShouldNotContain("schl");
        Should.Throw<FormatException>(() => (scheme with { ParameterName = FieldTemplate.Parse("no header") }).CreateAuthenticator(With("fine-key-1")));
    }

    private static IConnectorProfiles InPath(Uri server) => ConnectorText.Load(server, "- { type: apiKey, in: path, prefix: bot, fields: [{ name: base, label: Address, kind: url }] }", "", "{{fields.base}}");

    private static async Task<(ConnectionId Id, string Key)> ConnectAsync(ConnectionsHarness harness, Uri address)
    {
        var key = harness.NewSecret("api key");
        await harness.DefineAsync("k", "app", "api-key");
        return (await harness.ConnectAsync("k", new() { ["apiKey"] = key, ["base"] = address.AbsoluteUri }), key);
    }

    private async Task<(ConnectionId Id, string Key)> ConnectAsync(ConnectionsHarness harness, string scheme)
    {
        var key = harness.NewSecret("api key");
        await Nginx.AddKeyAsync(key);
        await harness.DefineAsync("k", "keys", scheme);
        return (await harness.ConnectAsync("k", new() { ["apiKey"] = key }), key);
    }
}
