using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Recipes.Connections;
using Recipes.Connectors;
using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests;

public sealed class WiringTests
{
    [Fact]
    public async Task The_host_loads_recipes_at_start_and_calls_them()
    {
        using var kitchen = new Kitchen();
        kitchen.Write("it", Definition(Sequence(Callable(), Say("a", "hello"))).ToJsonString());
        using var host = Build(o => o.RecipesFolder = kitchen.Directory);

        await host.StartAsync();
        var result = await host.Services.GetRequiredService<RecipeCaller>().CallAsync(new() { Caller = Kitchen.Rep, Recipe = "it" });
        await host.StopAsync();

        result.ShouldBeOfType<RecipeCallResult.Ended>().Run.Notes().ShouldBe(["hello"]);
    }

    [Fact]
    public async Task All_faults_of_the_settings_are_listed_together_at_start()
    {
        using var host = Build(o => (o.RecipesFolder, o.MaxSteps, o.MaxDepth, o.MaxRunSize, o.MaxRunTime) = ("", 0, -1, 10, TimeSpan.Zero));

        var fault = await Should.ThrowAsync<OptionsValidationException>(() => host.StartAsync());

        fault.Failures.Count().ShouldBe(6);
    }

    private static IHost Build(Action<RecipesEngineOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddRecipesEngine(configure)
            .AddSingleton(ConnectorCatalogue.Load([]))
            .AddSingleton<MemoryRuns>()
            .AddSingleton<IRunStore>(s => s.GetRequiredService<MemoryRuns>())
            .AddSingleton<IRunQueue>(s => s.GetRequiredService<MemoryRuns>())
            .AddSingleton<IConnectionResolver, FakeResolver>()
            .AddSingleton<IConnectionClients, FakeClients>()
            .AddSingleton<IStableKeys, FakeKeys>();
        return builder.Build();
    }
}
