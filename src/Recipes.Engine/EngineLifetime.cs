using Microsoft.Extensions.Hosting;

namespace Recipes.Engine;

/// <summary>Loads the recipes when the host starts and ends the runs when it stops.</summary>
internal sealed class EngineLifetime(RecipeFolder folder, RecipeCaller caller) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        folder.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => caller.StopAsync(cancellationToken);
}
