using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recipes.Bench;

/// <summary>The app at the other end, in a process of its own: a web server that has next to nothing to do.</summary>
internal static class LoopbackServer
{
    /// <summary>200 bytes, as an app might answer.</summary>
    private const string Opportunity = """
        {"id":"opp-1","name":"Two hundred seats for the north","amount":25000,"accountId":"acc-17","accountName":"Acme Corporation","createdBy":"rep-one","createdAt":"2026-01-05T09:00:00Z","stage":"offer"}
        """;

    /// <summary>Further hosts that are this server.</summary>
    public static IReadOnlyList<Uri> OtherHosts(Uri address) => [.. Enumerable.Range(2, 20).Select(n => new UriBuilder(address) { Host = $"127.0.0.{n}" }.Uri)];

    /// <summary>Serves until its input ends, so that it never outlives whoever started it.</summary>
    public static async Task RunAsync(string address)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        // Many hosts on one port: the whole of 127.0.0.0/8 is this machine.
        builder.WebHost.UseUrls([address, .. OtherHosts(new Uri(address)).Select(host => host.ToString())]);
        await using var app = builder.Build();
        var body = System.Text.Encoding.UTF8.GetBytes(Opportunity);
        app.MapGet("/health", () => "ok");
        // As far away as a host in the same country.
        app.MapGet("/far/api/me", async () =>
        {
            await Task.Delay(20);
            return Results.Text("{\"name\":\"Bench\"}", "application/json");
        });
        app.MapGet("/api/opportunities/{id}", async context =>
        {
            if (context.Request.Headers.Authorization.Count == 0 && context.Request.Headers["X-Api-Key"].Count == 0)
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            context.Response.ContentType = "application/json";
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body);
        });
        await app.StartAsync();
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
    }
}
