using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Recipes.Storage;

namespace Recipes.Host;

/// <summary>A running host: the whole program, on a real port.</summary>
public sealed class RecipesHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RecipesHost(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address => AddressOf(_app.Services);

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a host; tests give <c>--urls http://127.0.0.1:0</c> and a data folder of their own.</summary>
    /// <param name="configure">Replaces registrations; runs after the host's own.</param>
    /// <exception cref="OptionsValidationException">When settings are wrong; several at once come as an <see cref="AggregateException"/>.</exception>
    /// <exception cref="StorageStartException">When the data folder cannot be used.</exception>
    public static async Task<RecipesHost> StartAsync(string[] args, Action<WebApplicationBuilder>? configure = null, CancellationToken cancellationToken = default)
    {
        var app = HostComposition.Build(args, configure);
        try
        {
            await app.StartAsync(cancellationToken);
            return new(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>The program: runs until it is told to stop.</summary>
    /// <returns>0, or 1 when it could not start; the reasons are on the error output, one a line.</returns>
    internal static async Task<int> RunAsync(string[] args)
    {
        RecipesHost host;
        try
        {
            host = await StartAsync(args);
        }
        catch (Exception e) when (Reasons(e).ToList() is { Count: > 0 } reasons)
        {
            await Console.Error.WriteLineAsync("Recipes cannot start:");
            foreach (var reason in reasons)
                await Console.Error.WriteLineAsync($"- {reason}");
            return 1;
        }

        await using (host)
        {
            await Greeting.WriteAsync(host.Address, host.Services.GetRequiredService<OperatorSetup>(), Console.Out);
            await host._app.WaitForShutdownAsync();
        }

        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    internal static Uri AddressOf(IServiceProvider services)
    {
        var addresses = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return addresses.FirstOrDefault() is { } first
            ? new Uri(first.Replace("://localhost", "://127.0.0.1", StringComparison.OrdinalIgnoreCase))
            : throw new InvalidOperationException("The host does not listen yet, so its address is not known.");
    }

    // What an operator can put right is told in words; anything else is a bug and keeps its trace.
    private static IEnumerable<string> Reasons(Exception e) => e switch
    {
        AggregateException several when several.InnerExceptions.All(i => Reasons(i).Any()) => several.InnerExceptions.SelectMany(Reasons),
        OptionsValidationException invalid => invalid.Failures,
        StorageStartException or FormatException => [e.Message],
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } => [$"{e.Message} Another program listens there: stop it, or choose another address with --urls."],
        _ => [],
    };
}
