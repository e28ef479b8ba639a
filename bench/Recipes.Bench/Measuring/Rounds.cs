namespace Recipes.Bench;

/// <summary>
/// Measures contenders in turns, ABC ABC …, so that whatever else the machine does meets all of them. Own code and not BenchmarkDotNet: that
/// measures one caller at a time, each benchmark by itself, and here it is throughput in parallel and ratios within a round that count.
/// </summary>
internal static class Rounds
{
    /// <param name="warmUp">Rounds that do not count, for the JIT and the caches.</param>
    /// <param name="contenders">Each measures itself once and returns its figure.</param>
    /// <returns>For each contender its figures, round by round.</returns>
    public static async Task<List<T>[]> RunAsync<T>(int rounds, int warmUp, params Func<Task<T>>[] contenders)
    {
        var figures = contenders.Select(_ => new List<T>(rounds)).ToArray();
        for (var round = -warmUp; round < rounds; round++)
        {
            for (var turn = 0; turn < contenders.Length; turn++)
            {
                // Who comes first changes, so that nobody always follows the same one.
                var at = (turn + round + warmUp) % contenders.Length;
                var figure = await contenders[at]();
                if (round >= 0)
                    figures[at].Add(figure);
            }
        }

        return figures;
    }
}
