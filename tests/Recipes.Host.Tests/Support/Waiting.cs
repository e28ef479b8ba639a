namespace Recipes.Host.Tests;

internal static class Waiting
{
    /// <summary>Waits until something holds, looking every 20 ms.</summary>
    /// <param name="seconds">How long at most.</param>
    /// <exception cref="TimeoutException">When it does not come to that.</exception>
    public static async Task UntilAsync(Func<Task<bool>> holds, int seconds = 30)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!await holds())
        {
            try
            {
                await tick.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"It did not come to that within {seconds} seconds.", e);
            }
        }
    }

    public static Task UntilAsync(Func<bool> holds, int seconds = 30) => UntilAsync(() => Task.FromResult(holds()), seconds);
}
