using Recipes.Bench;

// serve ADDRESS and hold LEASE are how the program starts its own counterparts.
if (args is ["serve", var address])
{
    await LoopbackServer.RunAsync(address);
    return 0;
}

if (args is ["hold", var lease])
{
    await TakeOver.HoldAsync(lease);
    return 0;
}

if (args is not [var host, var recipesFolder, .. var parts] || parts.Except(["a", "b", "c", "d", "e", "f", "g"]).Any())
{
    await Console.Error.WriteLineAsync("Start it with bench/run [a] [b] [c] [d] [e] [f] [g].");
    return 2;
}

Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, {Environment.OSVersion}. Medians of rounds in which all contenders took turns.");
foreach (var part in parts.Length == 0 ? ["a", "b", "c", "d", "e", "f", "g"] : parts)
{
    await (part switch
    {
        "a" => RunCost.RunAsync(),
        "b" => StoredRuns.RunAsync(),
        "c" => ClientCost.RunAsync(),
        "e" => AuthenticationCost.RunAsync(),
        "f" => SweepPace.RunAsync(),
        "g" => DurableRuns.RunAsync(),
        _ => ColdStart.RunAsync(host, recipesFolder),
    });
}

return 0;
