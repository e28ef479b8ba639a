using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

public sealed class LoginTests
{
    private const string Plain = """
        - type: login
          fields: [{ name: user, label: User }, { name: password, label: Password, kind: secret }]
          login:
            path: /session
            body: { user: "{{fields.user}}", nested: { password: "{{secrets.password}}", remember: true, tries: [1, "{{fields.user}}"] } }
            token: data.token
            expiresIn: data.ttl
            capture: [{ secret: site, path: data.site, pattern: "^[a-z-]+$" }]
          logout: { method: DELETE, path: /session, headers: { X-Session: "{{tokens.accessToken}}" } }
          apply: { headers: { X-Session: "{{tokens.accessToken}}", X-Site: "{{tokens.site}}" } }
        """;

    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_first_request_logs_in_and_the_others_use_its_token()
    {
        var sessions = new Sessions();
        await using var app = await AppServer.StartAsync(sessions.Answer);
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, Plain), [app.Address.Authority]);
        var id = await ConnectAsync(harness, sessions);

        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => harness.SendAsync(id, $"items/{i}")));

        replies.ShouldAllBe(r => r.Failure == null);
        sessions.Logins.ShouldBe(1);
        var login = app.Requests.Single(r => r.Target == "/session");
        JsonDocument.Parse(login.Body).RootElement.GetProperty("nested").GetRawText().ShouldBe($$"""{"password":"{{sessions.Password}}","remember":true,"tries":[1,"alice"]}""");
        app.Requests.Where(r => r.Target != "/session").ShouldAllBe(r => r.Header("X-Site") == "northern-site" && sessions.IsValid(r.Header("X-Session")));
        (await harness.CredentialAsync(id)).Tokens!.Values["site"].Reveal().ShouldBe("northern-site");
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_ends_and_when_it_is_refused()
    {
        var clock = new TestClock(s_now);
        var sessions = new Sessions { Life = 600 };
        await using var app = await AppServer.StartAsync(sessions.Answer);
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, Plain), [app.Address.Authority], clock);
        var id = await ConnectAsync(harness, sessions);
        await harness.SendAsync(id, "items/1");

        clock.Advance(TimeSpan.FromSeconds(390));
        (await harness.SendAsync(id, "items/2")).Failure.ShouldBeNull();
        sessions.Logins.ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(20));
        (await harness.SendAsync(id, "items/3")).Failure.ShouldBeNull();
        sessions.Logins.ShouldBe(2);
        sessions.EndAll();
        (await harness.SendAsync(id, "items/4")).Failure.ShouldBeNull();
        sessions.Logins.ShouldBe(3);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(400)]
    [InlineData(200)]
    public async Task A_refused_login_is_not_repeated_until_a_probe_or_a_person_decides(int status)
    {
        var sessions = new Sessions { Refusal = status };
        await using var app = await AppServer.StartAsync(sessions.Answer);
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, Plain), [app.Address.Authority]);
        var id = await ConnectAsync(harness, sessions);
        var right = sessions.Password;
        sessions.Password = Canaries.NewSecret("other password");

        var first = await harness.SendAsync(id, "items/1");
        for (var i = 0; i < 5; i++)
            (await harness.SendAsync(id, "items/1")).Failure.ShouldNotBeNull();
        var tries = sessions.Logins;
        var probed = await harness.ProbeAsync(id);

        first.Failure!.Kind.ShouldBe(FailureKind.ModifiedCredentials);
        tries.ShouldBe(1);
        sessions.Logins.ShouldBe(2);
        probed.ShouldBeOfType<ProbeResult.Failed>();
        (await harness.StandingAsync(id)).ShouldBe((ConnectionState.ReauthorizationRequired, Health.Red, FailureKind.ModifiedCredentials));
        sessions.Password = right;
        (await harness.ProbeAsync(id)).ShouldBeOfType<ProbeResult.Passed>();
        (await harness.SendAsync(id, "items/1")).Failure.ShouldBeNull();
    }

    [Theory]
    [InlineData(500, FailureKind.Unavailable)]
    [InlineData(503, FailureKind.Unavailable)]
    [InlineData(429, FailureKind.RateLimited)]
    [InlineData(404, FailureKind.Misconfigured)]
    public async Task A_login_that_cannot_be_made_now_blames_nobody(int status, FailureKind kind)
    {
        var sessions = new Sessions { Outage = status };
        await using var app = await AppServer.StartAsync(sessions.Answer);
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, Plain), [app.Address.Authority]);
        var id = await ConnectAsync(harness, sessions);

        var reply = await harness.SendAsync(id, "items/1");

        reply.Failure!.Kind.ShouldBe(kind);
        (await harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Connected);
    }

    [Fact]
    public async Task An_answer_that_nobody_understands_is_not_asked_for_again_at_once()
    {
        var clock = new TestClock(s_now);
        var sessions = new Sessions { Outage = 418 };
        await using var app = await AppServer.StartAsync(sessions.Answer);
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, Plain), [app.Address.Authority], clock);
        var id = await ConnectAsync(harness, sessions);

        for (var i = 0; i < 5; i++)
            (await harness.SendAsync(id, "items/1")).Failure!.Kind.ShouldBe(FailureKind.Unknown);
        var tries = app.Requests.Count;
        clock.Advance(TimeSpan.FromSeconds(61));
        await harness.SendAsync(id, "items/1");

        tries.ShouldBe(1);
        app.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_token_that_the_app_refuses_at_once_makes_a_suspect_and_no_loop()
    {
        var sessions = new Sessions { AlwaysRefuse = true };
        await using var app = await AppServer.StartAsync(sessions.Answer);
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, Plain), [app.Address.Authority]);
        var id = await ConnectAsync(harness, sessions);

        for (var i = 0; i < 4; i++)
            await harness.SendAsync(id, "items/1");

        sessions.Logins.ShouldBe(2);
        (await harness.StandingAsync(id)).State.ShouldBe(ConnectionState.Suspect);
    }

    [Fact]
    public async Task Disconnecting_logs_out()
    {
        var sessions = new Sessions();
        await using var app = await AppServer.StartAsync(sessions.Answer);
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, Plain), [app.Address.Authority]);
        var id = await ConnectAsync(harness, sessions);
        await harness.SendAsync(id, "items/1");
        var token = (await harness.CredentialAsync(id)).Tokens!.AccessToken.Reveal();

        await harness.Setup.DisconnectAsync(ConnectionsHarness.Operator, id, CancellationToken.None);

        app.Requests[^1].Method.ShouldBe("DELETE");
        app.Requests[^1].Header("X-Session").ShouldBe(token);
        sessions.IsValid(token).ShouldBeFalse();
    }

    [Fact]
    public async Task A_step_before_brings_what_the_login_needs_and_a_cookie_is_the_token()
    {
        await using var app = await AppServer.StartAsync(request => (request.Method, request.Target) switch
        {
            ("GET", "/login") => new Headed(200, "Set-Cookie", "csrf=abc123; Path=/; HttpOnly", "<input name=\"stamp\" value=\"s-77\">"),
            ("POST", "/login") when request.Text.Contains("stamp=s-77", StringComparison.Ordinal) && request.Header("Cookie") == "csrf=abc123" && request.Text.StartsWith("user=alice&password=", StringComparison.Ordinal) =>
                new Headed(302, "Set-Cookie", "sid=session-cookie-0001; Path=/", ""),
            _ when request.Header("Cookie") == "sid=session-cookie-0001" => null,
            _ => Results.StatusCode(401),
        });
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, """
            - type: login
              fields: [{ name: user, label: User }, { name: password, label: Password, kind: secret }]
              steps:
                - path: /login
                  capture:
                    - { secret: csrf, cookie: csrf, pattern: "[a-z0-9]+" }
                    - { secret: stamp, find: 'name="stamp" value="(?<value>[^"]+)"' }
              login:
                path: /login
                bodyType: form
                headers: { Cookie: "csrf={{values.csrf}}" }
                body: { user: "{{fields.user}}", password: "{{secrets.password}}", stamp: "{{values.stamp}}" }
                tokenCookie: sid
              apply: { headers: { Cookie: "sid={{tokens.accessToken}}" } }
            """), [app.Address.Authority]);
        harness.Watch("session cookie", "session-cookie-0001");
        var id = await ConnectAsync(harness, new Sessions());

        var reply = await harness.SendAsync(id, "items/1");

        reply.Failure.ShouldBeNull();
        app.Requests.Select(r => $"{r.Method} {r.Target}").ShouldBe(["GET /login", "POST /login", "GET /items/1"]);
    }

    [Fact]
    public async Task An_xml_login_finds_its_token_in_the_text_and_escapes_what_it_sends()
    {
        await using var app = await AppServer.StartAsync(request => request.Target == "/soap" ? Results.Text("<Envelope><sessionId>xml-token-0001</sessionId></Envelope>", "text/xml") : null);
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, """
            - type: login
              fields: [{ name: user, label: User }, { name: password, label: Password, kind: secret }]
              login:
                path: /soap
                bodyType: text
                contentType: text/xml; charset=utf-8
                headers: { SOAPAction: login }
                body: "<login><user>{{xml fields.user}}</user><password>{{xml secrets.password}}</password></login>"
                tokenPattern: "<sessionId>(?<value>[^<]+)</sessionId>"
                lifetime: 3600
            """), [app.Address.Authority]);
        harness.Watch("session", "xml-token-0001");
        var id = await ConnectAsync(harness, new Sessions(), suffix: "<&>");

        (await harness.SendAsync(id, "items/1")).Failure.ShouldBeNull();

        app.Requests[0].Text.ShouldEndWith("&lt;&amp;&gt;</password></login>");
        app.Requests[0].Header("Content-Type").ShouldBe("text/xml; charset=utf-8");
        app.Requests[0].Header("SOAPAction").ShouldBe("login");
        app.Requests[1].Header("Authorization").ShouldBe("Bearer xml-token-0001");
        (await harness.ReadAsync(id)).Record.ExpiresAt.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    public async Task A_refresh_spares_the_password_and_a_refused_one_is_followed_by_a_login(int refusal)
    {
        var clock = new TestClock(s_now);
        var (logins, refreshes, works) = (0, 0, true);
        await using var app = await AppServer.StartAsync(request => request.Target switch
        {
            "/login" => Results.Json(new { token = $"token-of-login-{++logins}", refresh = $"renewal-{logins}", until = clock.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds() }),
            "/refresh" when ++refreshes > 0 && works && request.Text.Contains("renewal-1", StringComparison.Ordinal) =>
                Results.Json(new { token = $"token-of-refresh-{refreshes}", until = clock.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds() }),
            "/refresh" => Results.StatusCode(refusal),
            _ => null,
        });
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, """
            - type: login
              fields: [{ name: user, label: User }, { name: password, label: Password, kind: secret }]
              login: { path: /login, body: { password: "{{secrets.password}}" }, token: token, refreshToken: refresh, expiresIn: until, expiryUnit: unixTime }
              refresh: { path: /refresh, body: { renewal: "{{tokens.refreshToken}}" }, token: token, expiresIn: until, expiryUnit: unixTime }
            """), [app.Address.Authority], clock);
        var id = await ConnectAsync(harness, new Sessions());
        await harness.SendAsync(id, "items/1");

        foreach (var expected in (string[])["token-of-refresh-1", "token-of-refresh-2"])
        {
            clock.Advance(TimeSpan.FromMinutes(9));
            (await harness.SendAsync(id, "items/1")).Failure.ShouldBeNull();
            app.Requests[^1].Header("Authorization").ShouldBe($"Bearer {expected}");
        }

        works = false;
        clock.Advance(TimeSpan.FromMinutes(9));
        (await harness.SendAsync(id, "items/1")).Failure.ShouldBeNull();
        app.Requests[^1].Header("Authorization").ShouldBe("Bearer token-of-login-2");
    }

    private static async Task<ConnectionId> ConnectAsync(ConnectionsHarness harness, Sessions sessions, string suffix = "")
    {
        sessions.Password = harness.NewSecret("password") + suffix;
        await harness.DefineAsync("k", "app", "login");
        return await harness.ConnectAsync("k", new() { ["user"] = "alice", ["password"] = sessions.Password });
    }

    /// <summary>An app with sessions.</summary>
    private sealed class Sessions
    {
        private readonly HashSet<string> _valid = [];

        public string Password { get; set; } = "";
        public int Refusal { get; init; } = 401;
        public int? Outage { get; init; }
        public int Life { get; init; } = 3600;
        public bool AlwaysRefuse { get; init; }
        public int Logins { get; private set; }

        public bool IsValid(string token)
        {
            lock (_valid)
                return _valid.Contains(token);
        }

        public void EndAll()
        {
            lock (_valid)
                _valid.Clear();
        }

        public IResult? Answer(SeenRequest request)
        {
            lock (_valid)
            {
                if (request.Target != "/session")
                    return _valid.Contains(request.Header("X-Session")) && !AlwaysRefuse ? null : Results.StatusCode(401);
                if (request.Method == "DELETE")
                    return Results.StatusCode(_valid.Remove(request.Header("X-Session")) ? 204 : 401);
                if (Outage is { } outage)
                    return Results.StatusCode(outage);
                Logins++;
                if (JsonDocument.Parse(request.Body).RootElement.GetProperty("nested").GetProperty("password").GetString() != Password)
                    return Results.Json(new { message = $"wrong password for {request.Text}" }, statusCode: Refusal);
                var token = Guid.NewGuid().ToString("N");
                _valid.Add(token);
                return Results.Json(new { data = new { token, ttl = Life, site = "northern-site" } });
            }
        }
    }
}
