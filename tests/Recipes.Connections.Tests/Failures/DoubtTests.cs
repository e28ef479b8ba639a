using System.Globalization;
using Microsoft.AspNetCore.Http;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>After which failures nobody knows whether the app did what was asked.</summary>
public sealed class DoubtTests
{
    [Theory]
    [InlineData("POST", "dropped", true)]
    [InlineData("PATCH", "dropped", true)]
    [InlineData("PUT", "dropped", false)]
    [InlineData("DELETE", "dropped", false)]
    [InlineData("GET", "dropped", false)]
    [InlineData("POST", "500", true)]
    [InlineData("POST", "504", true)]
    [InlineData("POST", "503", true)]
    [InlineData("POST", "503 later", true)]
    [InlineData("POST", "429", false)]
    [InlineData("POST", "404", false)]
    [InlineData("POST", "401", false)]
    [InlineData("GET", "500", false)]
    public async Task A_write_without_a_telling_answer_is_in_doubt(string method, string what, bool expected)
    {
        await using var app = await AppServer.StartAsync(_ => new Answered(what));
        await using var harness = await ConnectionsHarness.StartAsync(app.Address);

        var reply = await SendAsync(harness, method);

        reply.Failure!.IsDoubtful.ShouldBe(expected);
    }

    [Fact]
    public async Task What_never_arrived_was_not_done()
    {
        await using var harness = await ConnectionsHarness.StartAsync(new Uri($"http://127.0.0.1:{FreePort.Next()}/"));

        var reply = await SendAsync(harness, "POST");

        (reply.Failure!.Kind, reply.Failure.IsDoubtful).ShouldBe((FailureKind.Unavailable, false));
    }

    private static async Task<ConnectionReply> SendAsync(ConnectionsHarness harness, string method)
    {
        await harness.DefineAsync("k", "keys", "header");
        return await harness.SendAsync(await harness.ConnectAsync("k", new() { ["apiKey"] = harness.NewSecret("key") }), "things", method: new HttpMethod(method));
    }

    /// <summary>A status, with <c>later</c> one that says when to come back; <c>dropped</c> ends the connection instead.</summary>
    private sealed class Answered(string what) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (what == "dropped")
                httpContext.Abort();
            else
                httpContext.Response.StatusCode = int.Parse(what.Split(' ')[0], CultureInfo.InvariantCulture);
            if (what.EndsWith("later", StringComparison.Ordinal))
                httpContext.Response.Headers.RetryAfter = "7";
            return Task.CompletedTask;
        }
    }
}
