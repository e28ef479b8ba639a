namespace Recipes.Connections;

/// <summary>Tries at once whether alerts arrive, without the outbox: one try each.</summary>
public sealed class AlertTest
{
    private readonly AlertTargets _targets;
    private readonly AlertNotices _notices;
    private readonly AlertSender _sender;
    private readonly TimeProvider _time;

    internal AlertTest(AlertTargets targets, AlertNotices notices, AlertSender sender, TimeProvider time) => (_targets, _notices, _sender, _time) = (targets, notices, sender, time);

    /// <summary>The targets that the settings name.</summary>
    public IReadOnlyList<AlertTarget> Targets => _targets.Configured;

    /// <returns>How each target fared, in the order of <see cref="Targets"/>.</returns>
    public async Task<IReadOnlyList<(AlertTarget Target, AlertOutcome Outcome)>> RunAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var notice = _notices.Test(tenant, _time.GetUtcNow());
        return await Task.WhenAll(Targets.Select(async target => (target, await _sender.SendAsync(target.Name, notice, Guid.CreateVersion7(notice.At), cancellationToken))));
    }
}
