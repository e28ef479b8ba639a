using Microsoft.Extensions.Hosting;

namespace Recipes.Connections;

/// <summary>A host that stops waits for refreshes that are on their way: their replies come only once.</summary>
internal sealed class RefreshShutdown(Refresher refresher) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => refresher.SettleAsync(cancellationToken);
}
