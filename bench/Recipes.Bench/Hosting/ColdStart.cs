namespace Recipes.Bench;

/// <summary>Part d: how soon the host answers, and how much memory it takes.</summary>
internal static class ColdStart
{
    private const int Rounds = 7;
    private const int Requests = 1000;

    /// <param name="host">Path of <c>Recipes.Host.dll</c>, built for release.</param>
    public static async Task RunAsync(string host, string recipesFolder)
    {
        using var folder = new TempFolder();
        var existing = folder.File("existing");
        // Makes the folder that is there already in the rounds, and fills the disk cache.
        await (await ServerProcess.StartHostAsync(host, existing, recipesFolder)).DisposeAsync();
        await (await ServerProcess.StartLoopbackAsync()).DisposeAsync();
        var (empty, fresh, again) = (new List<Start>(), new List<Start>(), new List<Start>());
        for (var round = 0; round < Rounds; round++)
        {
            empty.Add(await MeasureAsync(ServerProcess.StartLoopbackAsync()));
            fresh.Add(await MeasureAsync(ServerProcess.StartHostAsync(host, folder.File($"fresh-{round}"), recipesFolder)));
            again.Add(await MeasureAsync(ServerProcess.StartHostAsync(host, existing, recipesFolder)));
        }

        Table.Print("d  Cold start of the host until /health answers, and its memory",
        [
            Row("start on an existing data folder, s", again, empty, s => s.Seconds, 1, " s"),
            Row("start on a fresh data folder, s", fresh, empty, s => s.Seconds, null, ""),
            Row("memory after start, MB", again, empty, s => s.MegabytesAtStart, 120, " MB"),
            Row($"memory after {Requests} requests, MB", again, empty, s => s.MegabytesInUse, 120, " MB"),
        ]);
    }

    private static async Task<Start> MeasureAsync(Task<ServerProcess> starting)
    {
        await using var server = await starting;
        var atStart = server.ResidentBytes;
        using var client = new HttpClient { BaseAddress = server.Address };
        for (var i = 0; i < Requests; i++)
            await client.GetStringAsync("/health");
        return new(server.StartedIn.TotalSeconds, Megabytes(atStart), Megabytes(server.ResidentBytes));
    }

    private static double Megabytes(long bytes) => bytes / 1e6;

    private static Row Row(string what, List<Start> host, List<Start> empty, Func<Start, double> figure, double? aim, string unit)
    {
        var (ours, theirs) = (new Samples([.. host.Select(figure)]), new Samples([.. empty.Select(figure)]));
        return new(
            what, Figures.Number(ours.Median), Figures.Range(ours), $"an empty ASP.NET Core app, {Figures.Number(theirs.Median)}", Figures.Ratio(ours.RatioTo(theirs)),
            aim is { } most ? Figures.Below(most, ours.Median, unit) : "");
    }

    private sealed record Start(double Seconds, double MegabytesAtStart, double MegabytesInUse);
}
