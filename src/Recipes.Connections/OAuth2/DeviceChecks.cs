using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>Asks providers about device authorizations that nobody looks at: whoever consents on their phone need not leave a page open here.</summary>
internal sealed partial class DeviceChecks(IDeviceFlowStore flows, DeviceFlows devices, TimeProvider time, ILogger<DeviceChecks> log) : ISweep
{
    private const int MostPerRound = 100;
    private const int AtOnce = 20;

    public string Name => "device-flows";

    public TimeSpan Every => TimeSpan.FromSeconds(5);

    /// <summary>Asks about all that are due; one that goes wrong stops no other.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Side by side: a slow provider keeps no other waiting.
        await Parallel.ForEachAsync(await flows.ListDueAsync(time.GetUtcNow(), MostPerRound, cancellationToken), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (id, stop) =>
        {
            try
            {
                await devices.LookAsync(id, stop);
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                LogFailed(log, e, id);
            }
        });
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The provider could not be asked about the device authorization of connection {Connection}")]
    private static partial void LogFailed(ILogger logger, Exception exception, ConnectionId connection);
}
