using Recipes.Connections;

namespace Recipes.Engine;

/// <summary>Where a failure goes.</summary>
internal sealed partial class RunMachine
{
    // A failure goes to the step's own Failed outcome where it is connected, then to that of each call around it, and otherwise ends the run.
    private void Fail(PlanNode node, int record, RunFailure failure, Failure? cause = null, bool final = false)
    {
        if (final || !IsHandled(node, cause))
        {
            EndRun(node, record, failure, cause is not null && node is ActionNode ? node.FailedOutcome : StepRecord.Faulted);
            return;
        }

        _isInDoubt = false;
        for (var own = cause is not null; ; own = true)
        {
            if (own && node.HandlesFailure)
            {
                Scope.SetFailure(node, Describe(failure, cause));
                EndRecord(node, record, node.FailedOutcome);
                Follow(node, node.FailedOutcome);
                return;
            }

            if (record >= 0)
                EndRecord(node, record, cause is not null && node is ActionNode ? node.FailedOutcome : StepRecord.Faulted);
            var ended = PopScope();
            (node, record) = (ended.CalledBy!, ended.CallRecord);
        }
    }

    // Everything stays as it is: somebody may have the step done again.
    private void EndRun(PlanNode? node, int record, RunFailure failure, int outcome)
    {
        var isInDoubt = _isInDoubt || (_waiting is ActionNode && Tries.IsDoubtful);
        _waiting = null;
        _failure = isInDoubt ? failure.InDoubt() : failure;
        _isInDoubt = _failure.IsDoubtful;
        _failed = (node, _hasActed || isInDoubt ? Place : -1);
        if (record >= 0)
            EndRecord(node!, record, outcome);
        for (var scope = _scopeCount - 1; scope > 0; scope--)
            EndRecord(_scopes[scope]!.CalledBy!, _scopes[scope]!.CallRecord, StepRecord.Faulted);
    }

    // A loop that cannot begin its next round: the round is on its way already, so it cannot be begun again.
    private void FailRound(PlanNode loop, int records, Exception exception)
    {
        if (exception is not StepException)
            LogStepThrew(_context.Log, exception, loop.Recipe, loop.Step);
        var message = exception is StepException ? exception.Message : $"The step failed unexpectedly ({exception.GetType().Name}).";
        Fail(loop, _recordCount > records ? _restored.Length + records : -1, new(message, loop.Step, loop.Recipe));
        IsResumable = _failure is null;
    }

    private bool IsHandled(PlanNode node, Failure? cause)
    {
        if (cause is not null && node.HandlesFailure)
            return true;
        for (var scope = _scopeCount - 1; scope > 0; scope--)
        {
            if (_scopes[scope]!.CalledBy!.HandlesFailure)
                return true;
        }

        return false;
    }

    private static Dictionary<string, object?> Describe(RunFailure failure, Failure? cause) => new(1)
    {
        ["failure"] = new Dictionary<string, object?>(6)
        {
            ["message"] = failure.Message,
            ["kind"] = failure.Kind?.ToString(),
            ["status"] = cause?.Status is { } status ? (long)status : null,
            ["step"] = failure.Step,
            ["guidance"] = failure.Guidance,
            ["doubtful"] = failure.IsDoubtful,
        },
    };
}
