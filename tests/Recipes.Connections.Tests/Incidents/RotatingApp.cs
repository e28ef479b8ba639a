using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections.Tests;

/// <summary>An app with a token server in one process: as strict as any (a refresh token that comes a second time ends its grant), and quick enough for ten thousand accounts.</summary>
internal sealed class RotatingApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, int> _grants = new();
    private int _refreshes;
    private int _refusals;
    private int _reuses;

    private RotatingApp(WebApplication app) => _app = app;

    /// <summary>Answers <c>invalid_grant</c> and 401 to everybody, whatever the truth.</summary>
    public bool IsDown { get; set; }

    public Uri Address => new(_app.Urls.Single() + "/");

    /// <summary>How many refreshes were asked for.</summary>
    public int Refreshes => _refreshes;

    /// <summary>How many of them were refused, for whatever reason.</summary>
    public int Refusals => _refusals;

    /// <summary>How often a token came that had been replaced.</summary>
    public int Reuses => _reuses;

    public ConnectorProfile Profile => new()
    {
        Name = "rotating",
        DisplayName = "Rotating",
        BaseAddress = FieldTemplate.Parse(Address.AbsoluteUri),
        Schemes =
        [
            new OAuth2Scheme
            {
                Name = "oauth2",
                DisplayName = "OAuth 2.0",
                AuthorizationEndpoint = FieldTemplate.Parse($"{Address}authorize"),
                TokenEndpoint = FieldTemplate.Parse($"{Address}token"),
                ClientAuthentication = ClientAuthentication.Body,
            },
        ],
        Probe = new(HttpMethod.Get, FieldTemplate.Parse("me"), "sub"),
    };

    public static async Task<RotatingApp> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = new RotatingApp(builder.Build());
        app._app.MapPost("/token", async (HttpRequest request) => app.Refresh((await request.ReadFormAsync())["refresh_token"].ToString()));
        app._app.MapGet("/me", (HttpRequest request) => app.Me(request.Headers.Authorization.ToString()));
        await app._app.StartAsync();
        return app;
    }

    /// <returns>Access and refresh token of a new grant.</returns>
    public (string Access, string Refresh) Grant(string account)
    {
        _grants[account] = 0;
        return ($"access/{account}/0", $"refresh/{account}/0");
    }

    public void Revoke(string account) => _grants.TryRemove(account, out _).ShouldBeTrue();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Refresh(string token)
    {
        Interlocked.Increment(ref _refreshes);
        var (account, number) = Parse(token);
        if (!IsDown && _grants.TryGetValue(account, out var current))
        {
            if (current == number && _grants.TryUpdate(account, current + 1, current))
                return Results.Json(new Dictionary<string, object> { ["access_token"] = $"access/{account}/{current + 1}", ["refresh_token"] = $"refresh/{account}/{current + 1}", ["expires_in"] = 3600, ["token_type"] = "Bearer" });
            Interlocked.Increment(ref _reuses);
            _grants.TryRemove(account, out _);
        }

        Interlocked.Increment(ref _refusals);
        return Results.Json(new Dictionary<string, string> { ["error"] = "invalid_grant" }, statusCode: 400);
    }

    private IResult Me(string authorization)
    {
        var (account, number) = Parse(authorization);
        return !IsDown && _grants.TryGetValue(account, out var current) && current == number ? Results.Json(new Dictionary<string, string> { ["sub"] = account }) : Results.StatusCode(401);
    }

    private static (string Account, int Number) Parse(string token) => token.Split('/') is [_, var account, var number] && int.TryParse(number, out var n) ? (account, n) : ("", -1);
}
