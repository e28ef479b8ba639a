using Recipes.Connections;
using Recipes.Engine;

namespace Recipes.Storage;

internal sealed class TriggerRow
{
    public Guid Id { get; init; }
    public required string Tenant { get; init; }
    public required string Recipe { get; init; }
    public required string Activity { get; init; }
    public required string Type { get; init; }
    public string? Key { get; init; }
    public bool IsOn { get; init; }
    public required string By { get; init; }
    public DateTimeOffset SwitchedAt { get; init; }
    public string? Cursor { get; init; }
    public DateTimeOffset? NextAt { get; init; }
    public string? LastOutcome { get; init; }
    public string? LastMessage { get; init; }
    public DateTimeOffset? LastAt { get; init; }
    public int LastRuns { get; init; }
    public string? LastKind { get; init; }
    public int Failures { get; init; }
    public string? PauseReason { get; init; }
    public string? PauseMessage { get; init; }
    public DateTimeOffset? PausedSince { get; init; }
    public string? PausePath { get; init; }
    public Guid? WaitsFor { get; init; }
    public Guid? RegisteredThrough { get; init; }
    public string? RegistrationId { get; init; }
    public string? RegistrationData { get; init; }
    public string? RegistrationInputs { get; init; }
    public DateTimeOffset? RegisteredAt { get; init; }
    public DateTimeOffset? RegistrationExpiresAt { get; init; }
    public byte[]? PathHash { get; init; }
    public byte[]? SealedPath { get; init; }
    public byte[]? SealedSecret { get; init; }

    /// <summary>Who works on it; null when nobody does. Written by plain SQL alone.</summary>
    public Guid? LeaseOwner { get; init; }

    /// <summary>By the clock that leases are judged by.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }
    public long Version { get; init; }

    public static TriggerRow Of(TriggerState trigger) => new()
    {
        Id = trigger.Id.Value,
        Tenant = trigger.Tenant.Value,
        Recipe = trigger.Recipe,
        Activity = trigger.Activity,
        Type = trigger.Type,
        Key = trigger.Key?.Value,
        IsOn = trigger.IsOn,
        By = trigger.By.Value,
        SwitchedAt = trigger.SwitchedAt,
        Cursor = trigger.Cursor,
        NextAt = trigger.NextAt,
        LastOutcome = trigger.LastResult?.Outcome.ToString(),
        LastMessage = trigger.LastResult?.Message,
        LastAt = trigger.LastResult?.At,
        LastRuns = trigger.LastResult?.Runs ?? 0,
        LastKind = trigger.LastResult?.Kind?.ToString(),
        Failures = trigger.Failures,
        PauseReason = trigger.Pause?.Reason.ToString(),
        PauseMessage = trigger.Pause?.Message,
        PausedSince = trigger.Pause?.Since,
        PausePath = trigger.Pause?.AuthorizePath,
        WaitsFor = trigger.WaitsFor?.Value,
        RegisteredThrough = trigger.Registration?.Connection.Value,
        RegistrationId = trigger.Registration?.Id,
        RegistrationData = trigger.Registration?.Data,
        RegistrationInputs = trigger.Registration?.Inputs,
        RegisteredAt = trigger.Registration?.At,
        RegistrationExpiresAt = trigger.Registration?.ExpiresAt,
        PathHash = trigger.PathHash,
        SealedPath = trigger.SealedPath,
        SealedSecret = trigger.SealedSecret,
        Version = trigger.Version,
    };

    public TriggerState ToState() => new()
    {
        Id = new(Id),
        Tenant = TenantId.Parse(Tenant),
        Recipe = Recipe,
        Activity = Activity,
        Type = Type,
        Key = Key is null ? null : StableKey.Parse(Key),
        IsOn = IsOn,
        By = UserId.Parse(By),
        SwitchedAt = SwitchedAt,
        Cursor = Cursor,
        NextAt = NextAt,
        LastResult = LastOutcome is null ? null : new(Enum.Parse<TriggerOutcome>(LastOutcome), LastMessage!, LastAt!.Value, LastRuns) { Kind = LastKind is null ? null : Enum.Parse<FailureKind>(LastKind) },
        Failures = Failures,
        Pause = PauseReason is null ? null : new(Enum.Parse<TriggerPauseReason>(PauseReason), PauseMessage!, PausedSince!.Value, PausePath),
        WaitsFor = WaitsFor is { } connection ? new(connection) : null,
        Registration = RegisteredThrough is { } through ? new(new(through), RegistrationId, RegistrationData!, RegistrationInputs!, RegisteredAt!.Value, RegistrationExpiresAt) : null,
        PathHash = PathHash,
        SealedPath = SealedPath,
        SealedSecret = SealedSecret,
        Version = Version,
    };
}
