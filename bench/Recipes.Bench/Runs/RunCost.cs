using Microsoft.Extensions.DependencyInjection;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Storage;

namespace Recipes.Bench;

/// <summary>Part a: what a recipe of five steps costs by itself, without I/O and without storing the run.</summary>
internal static class RunCost
{
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(80);
    private static object? s_sink;

    public static async Task RunAsync()
    {
        await using var world = await RecipeWorld.CreateAsync(new StorageOptions(), [BenchRecipes.FiveSteps]);
        var call = new RecipeCall { Caller = RecipeWorld.Operator, Recipe = BenchRecipes.FiveSteps, Input = Input() };
        await using var dropping = await RecipeWorld.CreateAsync(new StorageOptions(), [BenchRecipes.FiveSteps], services =>
        {
            var dropped = new DroppedRuns();
            services.AddSingleton<IRunStore>(dropped).AddSingleton<IRunQueue>(dropped);
        });
        var caller = dropping.Caller;
        var context = new RunContext { Recipes = world.Get<RecipeCatalogue>().Snapshot, Clients = world.Get<IConnectionClients>(), Time = TimeProvider.System };
        var plan = PlanCompiler.Compile(BenchRecipes.FiveSteps, BenchRecipes.Read(BenchRecipes.FiveSteps), world.Get<IActionCatalogue>()).Plan!;
        var machine = new RunMachine();
        var input = Input();

        ValueTask ByHand()
        {
            s_sink = HandWritten.Run(input);
            return ValueTask.CompletedTask;
        }

        ValueTask ByEngine()
        {
            machine.Begin(plan, input, context);
            var stop = machine.RunOn(CancellationToken.None);
            var end = machine.End();
            if (stop != MachineStop.Ended || end.Failure is not null || end.Journal.Count != 5 || end.Outputs[0] is not "Order of Acme (large)")
                throw new InvalidOperationException($"The run went wrong: {end.Failure}");
            return ValueTask.CompletedTask;
        }

        async ValueTask ByCaller()
        {
            if (await caller.CallAsync(call) is not RecipeCallResult.Ended { Run.Status: RunStatus.Completed })
                throw new InvalidOperationException("The call went wrong.");
        }

        Func<Task<double>>[] contenders = [.. new[] { ByHand, ByEngine, ByCaller }.Select(o => (Func<Task<double>>)(() => Task.FromResult(Cost.Microseconds(s_slice, o))))];
        var times = (await Rounds.RunAsync(rounds: 21, contenders)).Select(f => new Samples(f)).ToArray();
        var bytes = new[] { ByHand, ByEngine, ByCaller }.Select(Cost.Bytes).ToArray();
        Table.Print("a  A recipe of five steps, no I/O, nothing stored, one thread, processor time",
        [
            Time("run, µs", times[1], times[0], 5),
            Memory("run, bytes allocated", bytes[1], bytes[0], 2048),
            new("run, runs/s", Figures.Number(1e6 / times[1].Median), "", $"by hand, {Figures.Number(1e6 / times[0].Median)}", Figures.Ratio(1 / times[1].RatioTo(times[0]))),
            Time("call with input and output as JSON, µs", times[2], times[0], null),
            Memory("call with input and output as JSON, bytes allocated", bytes[2], bytes[0], null),
        ]);
    }

    public static Dictionary<string, object?> Input() => new() { ["customer"] = "Acme", ["amount"] = 25_000m };

    private static Row Time(string what, Samples figure, Samples byHand, double? aim) => new(
        what, Figures.Number(figure.Median), Figures.Range(figure), $"by hand with dictionaries, {Figures.Number(byHand.Median)}", Figures.Ratio(figure.RatioTo(byHand)),
        aim is { } most ? Figures.Below(most, figure.Median, " µs") : "");

    private static Row Memory(string what, double figure, double byHand, double? aim) => new(
        what, Figures.Number(figure), "", $"by hand with dictionaries, {Figures.Number(byHand)}", Figures.Ratio(figure / byHand),
        aim is { } most ? Figures.Below(most, figure, " bytes") : "");
}
