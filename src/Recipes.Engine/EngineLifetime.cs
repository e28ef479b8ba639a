using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Recipes.Engine;

/// <summary>Loads the recipes when the host starts; when it stops, has the runs come to where they can be left.</summary>
internal sealed class EngineLifetime(RecipeFolder folder, RunningRuns running, IOptions<RecipesEngineOptions> options, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        folder.Start();
        // At once: whoever waits for a run holds up the server, which is stopped before this.
        lifetime.ApplicationStopping.Register(() => running.Stop(options.Value.StopGrace));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => running.StopAsync(options.Value.StopGrace, cancellationToken);
}
