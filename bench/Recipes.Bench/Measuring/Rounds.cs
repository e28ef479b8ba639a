using System.Runtime;

namespace Recipes.Bench;

/// <summary>
/// Measures contenders in turns, ABC ABC …, so that whatever else the machine does meets all of them. Own code and not BenchmarkDotNet: that
/// measures one caller at a time, each benchmark by itself, and here it is throughput in parallel and ratios within a round that count.
/// </summary>
internal static class Rounds
{
    // Rounds that do not count: until the JIT has left the code alone for so many of them in a row, or so many at most.
    private const int Quiet = 3;
    private const int LongestWarmUp = 40;

    // A round in which fewer methods were compiled counts as quiet: timers and the like always have something.
    private const int FewMethods = 4;

    /// <param name="contenders">Each measures itself once and returns its figure.</param>
    /// <returns>For each contender its figures, round by round.</returns>
    public static async Task<List<T>[]> RunAsync<T>(int rounds, params Func<Task<T>>[] contenders)
    {
        var quiet = 0;
        for (var round = 0; quiet < Quiet && round < LongestWarmUp; round++)
        {
            var before = JitInfo.GetCompiledMethodCount();
            foreach (var contender in contenders)
                await contender();
            quiet = JitInfo.GetCompiledMethodCount() - before < FewMethods ? quiet + 1 : 0;
        }

        var figures = contenders.Select(_ => new List<T>(rounds)).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < contenders.Length; turn++)
            {
                // Who comes first changes, so that nobody always follows the same one.
                var at = (turn + round) % contenders.Length;
                figures[at].Add(await contenders[at]());
            }
        }

        return figures;
    }
}
