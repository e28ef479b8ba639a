namespace Recipes.Storage.Tests;

internal static class Waiting
{
    /// <summary>Waits until something holds, looking every 10 ms.</summary>
    /// <exception cref="TimeoutException">After 20 seconds.</exception>
    public static async Task UntilAsync(Func<bool> holds)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            try
            {
                await tick.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException("It did not come to that within 20 seconds.", e);
            }
        }
    }
}
