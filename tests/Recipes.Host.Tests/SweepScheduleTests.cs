using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Recipes.Host.Tests;

public sealed class SweepScheduleTests
{
    [Fact]
    public async Task A_sweep_comes_again_and_again_also_after_it_failed_and_the_operator_is_told()
    {
        var fails = true;
        var sweep = new TestSweep((_, _) => Volatile.Read(ref fails) ? throw new InvalidOperationException("It went wrong.") : Task.CompletedTask);
        await using var place = await Workplace.StartAsync(configure: Adding(sweep));

        await Waiting.UntilAsync(() => place.Services.GetRequiredService<Sweeps>().LastRunOf(sweep.Name) is { Failed: true });
        var degraded = (await place.Operator.GetAsync("/health")).Is(HttpStatusCode.OK);
        Volatile.Write(ref fails, false);
        await Waiting.UntilAsync(() => sweep.Runs > 1 && place.Services.GetRequiredService<Sweeps>().LastRunOf(sweep.Name) is { Failed: false });

        ((string?)degraded["status"], (bool)degraded["schedules"]!["running"]!).ShouldBe(("degraded", true));
        var told = degraded["schedules"]!["sweeps"]!.AsArray().Single(s => (string?)s!["name"] == sweep.Name)!;
        ((bool)told["failed"]!, (double)told["everySeconds"]!).ShouldBe((true, 1));
        degraded.Text.ShouldNotContain("went wrong");
        place.Logs.Text.ShouldContain("test-sweep failed");
    }

    [Fact]
    public async Task A_sweep_that_still_runs_is_not_begun_again_and_a_host_that_stops_waits_for_it()
    {
        var (begun, ended) = (new TaskCompletionSource(), false);
        using var goOn = new SemaphoreSlim(0);
        var sweep = new TestSweep(async (_, cancellationToken) =>
        {
            begun.TrySetResult();
            await goOn.WaitAsync(cancellationToken);
            ended = true;
        });
        await using var place = await Workplace.StartAsync(configure: Adding(sweep));
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var other = place.Services.GetRequiredService<Sweeps>();
        (await other.TryRunAsync(sweep.Name, default).WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeFalse();

        var stopping = place.StopHostAsync();
        goOn.Release(100);
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));

        ended.ShouldBeTrue();
        sweep.MostAtOnce.ShouldBe(1);
    }

    [Fact]
    public async Task A_sweep_that_does_not_end_is_cancelled_when_the_host_has_waited_long_enough()
    {
        var (begun, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        var sweep = new TestSweep(async (_, cancellationToken) =>
        {
            begun.TrySetResult();
            await using var registration = cancellationToken.Register(() => cancelled.TrySetResult());
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });
        await using var place = await Workplace.StartAsync(configure: builder =>
        {
            Adding(sweep)(builder);
            builder.Configuration["Schedules:StopWait"] = "00:00:00.1";
        });
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await place.StopHostAsync().WaitAsync(TimeSpan.FromSeconds(30));

        cancelled.Task.IsCompleted.ShouldBeTrue();
    }

    [Theory]
    [InlineData("device-flows", "00:00:00.5", "1 second to 7 days")]
    [InlineData("no-such", "00:01:00", "no such sweep")]
    public async Task A_setting_that_cannot_be_meant_stops_the_start(string sweep, string every, string why)
    {
        var refused = await Should.ThrowAsync<OptionsValidationException>(() => Workplace.StartAsync(configure: b => b.Configuration[$"Schedules:Every:{sweep}"] = every));

        refused.Failures.ShouldHaveSingleItem().ShouldContain(why);
    }

    private static Action<WebApplicationBuilder> Adding(TestSweep sweep) => builder =>
    {
        builder.Services.AddSingleton(sweep);
        builder.Services.AddSweep<TestSweep>();
    };
}
