namespace Recipes.Bench;

/// <summary>Part g: runs that outlive their node: how fast they are stored and taken out of the queue, how soon they are taken over, and what held ones cost.</summary>
internal static class DurableRuns
{
    public static async Task RunAsync()
    {
        await using var postgres = await Testing.PostgresServer.StartAsync();
        BenchStore[] stores = [BenchStore.Sqlite, BenchStore.On(postgres)];
        await StoredPace.RunAsync(stores);
        await QueuePace.RunAsync(stores);
        await TakeOver.RunAsync(stores[1]);
        await HeldRuns.RunAsync(stores);
    }
}
