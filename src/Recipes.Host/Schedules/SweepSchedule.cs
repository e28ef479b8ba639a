using Microsoft.Extensions.Options;
using Quartz;

namespace Recipes.Host;

/// <summary>Has every sweep come when it is to. Begins once the host listens, so that nobody waits for it.</summary>
internal sealed partial class SweepSchedule(
    ISchedulerFactory factory, Sweeps sweeps, IOptions<SchedulesOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<SweepSchedule> log) : BackgroundService
{
    private const string Group = "sweeps";

    // A daily sweep comes soon after a start too: a host that is started every morning would never see its hour.
    private static readonly TimeSpan s_firstAtMost = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_tryAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_cancelWait = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _cancelled = new();
    private IScheduler? _scheduler;

    /// <summary>Cancelled when a host that stops has waited long enough.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    /// <summary>Whether sweeps come; false until the schedule has begun.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>How often a sweep comes: as it says, unless a setting says otherwise.</summary>
    public TimeSpan EveryOf(ISweep sweep) => options.Value.Every.GetValueOrDefault(sweep.Name, sweep.Every);

    /// <summary>Stops the schedule; a sweep that is under way gets some time to end, then it is cancelled.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        IsRunning = false;
        await base.StopAsync(cancellationToken);
        if (_scheduler is null)
            return;
        var ended = _scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None).AsTask();
        try
        {
            await ended.WaitAsync(options.Value.StopWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            await _cancelled.CancelAsync();
            try
            {
                await ended.WaitAsync(s_cancelWait, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                LogStillRunning();
            }
        }
    }

    public override void Dispose()
    {
        _cancelled.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task.WaitAsync(stoppingToken);
        while (true)
        {
            try
            {
                await BeginAsync(stoppingToken);
                return;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotBegun(e);
                await Task.Delay(s_tryAgain, time, stoppingToken);
            }
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        _scheduler ??= await factory.GetScheduler(cancellationToken);
        foreach (var sweep in sweeps.All)
            await ScheduleAsync(_scheduler, sweep, cancellationToken);
        await _scheduler.Start(cancellationToken);
        IsRunning = true;
    }

    private async Task ScheduleAsync(IScheduler scheduler, ISweep sweep, CancellationToken cancellationToken)
    {
        var every = EveryOf(sweep);
        var key = new TriggerKey(sweep.Name, Group);
        if (every == TimeSpan.Zero)
        {
            await scheduler.UnscheduleJob(key, cancellationToken);
            return;
        }

        // A schedule that nodes share outlives them: beginning anew at each start, a daily sweep would never come.
        if (await scheduler.GetTrigger(key, cancellationToken) is ISimpleTrigger { MayFireAgain: true } known && known.RepeatInterval == every)
            return;
        var job = JobBuilder.Create<SweepJob>().WithIdentity(sweep.Name, Group).StoreDurably(true).Build();
        await scheduler.AddJob(job, AddJobOptions.Replacing, cancellationToken);
        var trigger = TriggerBuilder.Create(scheduler.TimeProvider).WithIdentity(key).ForJob(job)
            .StartAt(scheduler.TimeProvider.GetUtcNow() + (every < s_firstAtMost ? every : s_firstAtMost))
            .WithSchedule(SimpleScheduleBuilder.Create().WithInterval(every).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NowWithExistingCount))
            .Build();
        await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The schedule could not begin; tried again in some seconds, and until then nothing is checked")]
    private partial void LogNotBegun(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A sweep did not end although it was cancelled; the host stops without it")]
    private partial void LogStillRunning();
}
