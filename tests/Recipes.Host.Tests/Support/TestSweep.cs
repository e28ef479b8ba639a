namespace Recipes.Host.Tests;

/// <summary>A sweep that does what its test wants.</summary>
internal sealed class TestSweep(Func<int, CancellationToken, Task> run) : ISweep
{
    private int _runs;
    private int _atOnce;

    public string Name => "test-sweep";

    public TimeSpan Every => TimeSpan.FromSeconds(1);

    /// <summary>How often it was begun.</summary>
    public int Runs => Volatile.Read(ref _runs);

    /// <summary>How many ran at once, at most.</summary>
    public int MostAtOnce { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _atOnce));
        try
        {
            await run(Interlocked.Increment(ref _runs), cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
        }
    }
}
