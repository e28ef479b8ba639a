using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Recipes.Connections.Tests;

public sealed class CompressedAnswerTests
{
    [Fact]
    public async Task A_compressed_answer_is_read_as_what_it_was()
    {
        await using var app = await AppServer.StartAsync(seen => new Compressed(seen.Header("Accept-Encoding")));
        await using var harness = await ConnectionsHarness.StartAsync(ConnectorText.Load(app.Address, "- type: none"), [app.Address.Authority]);
        await harness.DefineAsync("k", "app", "none");
        var id = await harness.ConnectAsync("k", []);

        using var reply = await harness.SendAsync(id, "anything");

        (await reply.Response!.Content.ReadAsStringAsync()).ShouldBe("""{"was":"gzip"}""");
    }

    private sealed class Compressed(string accepted) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.ContentEncoding = "gzip";
            httpContext.Response.ContentType = "application/json";
            await using var gzip = new GZipStream(httpContext.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(System.Text.Encoding.UTF8.GetBytes($$"""{"was":"{{accepted}}"}"""));
        }
    }
}
