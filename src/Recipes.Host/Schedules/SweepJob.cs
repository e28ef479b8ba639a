using Quartz;

namespace Recipes.Host;

/// <summary>Runs the sweep that the job is named after, on whichever node the schedule picked.</summary>
internal sealed class SweepJob(Sweeps sweeps, SweepSchedule schedule) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, schedule.Cancelled);
        try
        {
            await sweeps.TryRunAsync(context.JobDetail.Key.Name, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The host stops; what was not done is due for the next one.
        }
    }
}
