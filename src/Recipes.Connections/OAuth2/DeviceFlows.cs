using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>What came of starting a device authorization.</summary>
public abstract record DeviceStart
{
    private DeviceStart() { }

    public sealed record Started(DeviceFlow Flow) : DeviceStart;

    /// <summary>The provider refused, or could not be asked. Nothing was changed.</summary>
    public sealed record Failed(Failure Failure) : DeviceStart;
}

/// <summary>Has a person consent on another device, and asks the provider meanwhile whether they have, as often as it permits and no more.</summary>
/// <remarks>Source: RFC 8628.</remarks>
public sealed partial class DeviceFlows
{
    private static readonly TimeSpan s_usualInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_slowDown = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_longestLife = TimeSpan.FromHours(24);

    private readonly IConnectionStore _store;
    private readonly IDeviceFlowStore _flows;
    private readonly ConsentAccounts _accounts;
    private readonly CredentialVault _vault;
    private readonly EgressGuard _guard;
    private readonly OAuth2Endpoints _endpoints;
    private readonly ProviderRequests _requests;
    private readonly TokenEndpoint _tokens;
    private readonly ConsentCompletion _completion;
    private readonly ConsentNotes _notes;
    private readonly ClientHealth _clients;
    private readonly TimeProvider _time;
    private readonly ILogger<DeviceFlows> _log;

    internal DeviceFlows(
        IConnectionStore store, IDeviceFlowStore flows, ConsentAccounts accounts, CredentialVault vault, EgressGuard guard, OAuth2Endpoints endpoints, ProviderRequests requests,
        TokenEndpoint tokens, ConsentCompletion completion, ConsentNotes notes, ClientHealth clients, TimeProvider time, ILogger<DeviceFlows> log) =>
        (_store, _flows, _accounts, _vault, _guard, _endpoints, _requests, _tokens, _completion, _notes, _clients, _time, _log) =
        (store, flows, accounts, vault, guard, endpoints, requests, tokens, completion, notes, clients, time, log);

    /// <summary>Gets a code for a person to type in elsewhere. An earlier one of the same connection is given up.</summary>
    /// <param name="scopes">As for <see cref="AuthorizationFlows.StartAsync"/>.</param>
    /// <param name="back">What it is started for.</param>
    /// <param name="acceptsOtherAccount">Whether the connection may become another account's.</param>
    /// <exception cref="InvalidOperationException">When the connection's scheme takes no device code, or there is no OAuth client or connector.</exception>
    /// <exception cref="FormatException">When an endpoint is not allowed, or a scope is not on offer; the message says why.</exception>
    /// <exception cref="UnauthorizedAccessException">When the caller may not manage the connection.</exception>
    public async Task<DeviceStart> StartAsync(Caller caller, Connection connection, IReadOnlyList<string>? scopes, CancellationToken cancellationToken, FlowReturn? back = null, bool acceptsOtherAccount = false)
    {
        if (!caller.MayManage(connection))
            throw new UnauthorizedAccessException($"There is no connection {connection.Id} that you may manage.");
        var start = await BeginAsync(caller, connection, scopes, back, acceptsOtherAccount, cancellationToken);
        if (start is DeviceStart.Failed { Failure: var failure })
            await _notes.FailedAsync(connection.Id, Actor.Of(caller.User), failure);
        return start;
    }

    private async Task<DeviceStart> BeginAsync(Caller caller, Connection connection, IReadOnlyList<string>? scopes, FlowReturn? back, bool acceptsOtherAccount, CancellationToken cancellationToken)
    {
        var account = await _accounts.OfAsync(connection, OAuth2Grant.DeviceCode, cancellationToken);
        var scheme = account.Scheme;
        var asked = ScopeSelection.Choose(scheme, account.Definition, scopes);
        Uri endpoint;
        try
        {
            endpoint = await _endpoints.DeviceAuthorizationAsync(scheme, account.Fields, cancellationToken);
        }
        catch (DiscoveryException e)
        {
            return new DeviceStart.Failed(e.Failure);
        }

        var parameters = AuthorizationRequest.DeviceParameters(scheme, account.NewScope().Inputs, asked);
        var what = $"The device authorization endpoint of {account.Connector.DisplayName}";
        var (answer, failure) = await _requests.PostAsync(account, endpoint, what, parameters, cancellationToken);
        if (failure is not null)
            return new DeviceStart.Failed(await _clients.RefusedAsync(account, failure));
        if (Read(answer!.Value, connection, caller.User, asked) is not { } flow)
            return new DeviceStart.Failed(new Failure { Kind = FailureKind.Unknown, Message = $"{what} answered without a device code, a user code and an address to type it in at.", At = _time.GetUtcNow() });
        flow = flow with { Return = back ?? FlowReturn.None, AcceptsOtherAccount = acceptsOtherAccount };
        await _flows.ReplaceAsync(flow, cancellationToken);
        LogStarted(_log, connection.Id);
        return new DeviceStart.Started(flow);
    }

    /// <summary>How the device authorization of a connection stands. Asks the provider first if that is due.</summary>
    /// <returns>Null when there is none.</returns>
    public async Task<DeviceFlow?> LookAsync(ConnectionId id, CancellationToken cancellationToken)
    {
        if (await _flows.FindAsync(id, cancellationToken) is not { } flow)
            return null;
        var now = _time.GetUtcNow();
        if (flow.Status != DeviceFlowStatus.Pending || (now < flow.NextPollAt && now < flow.ExpiresAt))
            return flow;
        if (now >= flow.ExpiresAt)
            await EndAsync(flow, Ended(FailureKind.Unknown, "The code was not entered in time.", "expired_token"));
        else if (await _flows.TryClaimAsync(flow, now + (flow.Interval > _guard.Timeout ? flow.Interval : _guard.Timeout + s_usualInterval), cancellationToken))
            // A device code works once: whoever asked for the page may have gone, the answer is waited for.
            await PollAsync(flow);
        return await _flows.FindAsync(id, cancellationToken);
    }

    private async Task PollAsync(DeviceFlow flow)
    {
        var connection = await _store.FindAsync(flow.ConnectionId, CancellationToken.None);
        var definition = connection is null ? null : await _store.FindDefinitionAsync(connection.DefinitionId, CancellationToken.None);
        if (connection is null || definition is null || _accounts.Find(connection, definition) is not { Client: not null } account)
        {
            await EndAsync(flow, Ended(FailureKind.Misconfigured, "The connection or its connector was removed meanwhile.", null));
            return;
        }

        if (connection.State == ConnectionState.Disconnected && connection.Record.UpdatedAt > flow.StartedAt)
        {
            await EndAsync(flow, Ended(FailureKind.Unknown, "The connection was disconnected meanwhile.", null));
            return;
        }

        string code;
        try
        {
            code = _vault.OpenVerifier(flow.Tenant, flow.ConnectionId, flow.SealedDeviceCode);
        }
        catch (CryptographicException)
        {
            await EndAsync(flow, Ended(FailureKind.Misconfigured, "The code cannot be opened with this key ring. Start again.", null));
            return;
        }

        var reply = await _tokens.ExchangeDeviceCodeAsync(account, new Secret(code), CancellationToken.None);
        var failure = (reply as TokenReply.Refused)?.Failure;
        switch (failure?.ProviderCode)
        {
            case "authorization_pending":
                await ScheduleAsync(flow, flow.Interval);
                return;
            case "slow_down":
                await ScheduleAsync(flow, flow.Interval + s_slowDown);
                return;
            case "access_denied":
                await EndAsync(flow, failure with { Kind = FailureKind.InsufficientPermissions, Message = "The consent was refused. Nothing was connected." });
                return;
            case "expired_token":
                await EndAsync(flow, failure with { Kind = FailureKind.Unknown, Message = "The code was not entered in time." });
                return;
        }

        if (failure?.Kind is FailureKind.Unavailable or FailureKind.RateLimited)
        {
            // The person may have consented already: it is asked again, less often.
            var later = flow.Interval * 2;
            await _flows.ScheduleAsync(flow.Id, failure.RetryAt is { } at && at > _time.GetUtcNow() + later ? at : _time.GetUtcNow() + later, flow.Interval, CancellationToken.None);
            return;
        }

        var wrong = await _completion.CompleteAsync(flow.ConnectionId, account, flow.Scopes, new(new Dictionary<string, string>(), new Dictionary<string, Secret>(), []), reply, Actor.Of(flow.User), flow.AcceptsOtherAccount, flow.StartedAt);
        await EndAsync(flow, wrong.WhyNot, wrong is ConsentResult.OtherAccount);
    }

    private Task ScheduleAsync(DeviceFlow flow, TimeSpan interval)
    {
        interval = interval > s_longestInterval ? s_longestInterval : interval;
        return _flows.ScheduleAsync(flow.Id, _time.GetUtcNow() + interval, interval, CancellationToken.None);
    }

    private async Task EndAsync(DeviceFlow flow, Failure? failure, bool isOtherAccount = false)
    {
        LogEnded(_log, flow.ConnectionId, failure is null ? "connected" : failure.ProviderCode ?? failure.Kind.ToString());
        if (failure is not null)
            await _notes.FailedAsync(flow.ConnectionId, Actor.Of(flow.User), failure);
        await _flows.EndAsync(flow.Id, failure is null ? DeviceFlowStatus.Connected : isOtherAccount ? DeviceFlowStatus.OtherAccount : DeviceFlowStatus.Failed, failure, CancellationToken.None);
    }

    private Failure Ended(FailureKind kind, string message, string? code) => new() { Kind = kind, Message = message, ProviderCode = code, At = _time.GetUtcNow() };

    private DeviceFlow? Read(JsonElement json, Connection connection, UserId user, IReadOnlyList<string> scopes)
    {
        var (deviceCode, userCode) = (Text(json, "device_code"), Text(json, "user_code"));
        // Some wrote verification_url, as an early draft did.
        var address = Address(json, "verification_uri") ?? Address(json, "verification_url");
        if (deviceCode is not { Length: > 0 and <= 4096 } || !deviceCode.All(char.IsAscii) || userCode is not { Length: > 0 and <= 100 } || userCode.Any(char.IsControl) || address is null)
            return null;
        var now = _time.GetUtcNow();
        var life = Seconds(json, "expires_in") ?? TimeSpan.FromMinutes(10);
        var interval = Seconds(json, "interval") ?? s_usualInterval;
        interval = interval > s_longestInterval ? s_longestInterval : interval;
        return new()
        {
            Id = Guid.CreateVersion7(now),
            Tenant = connection.Tenant,
            User = user,
            ConnectionId = connection.Id,
            SealedDeviceCode = _vault.SealVerifier(connection.Tenant, connection.Id, deviceCode),
            UserCode = userCode,
            VerificationAddress = address,
            CompleteAddress = Address(json, "verification_uri_complete"),
            Scopes = scopes,
            Interval = interval,
            NextPollAt = now + interval,
            StartedAt = now,
            ExpiresAt = now + (life > s_longestLife ? s_longestLife : life),
        };
    }

    private static string? Text(JsonElement json, string name)
    {
        try
        {
            return json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // People click on it: nothing but the addresses that we would call ourselves.
    private Uri? Address(JsonElement json, string name) =>
        Text(json, name) is { Length: <= 2048 } text && Uri.TryCreate(text, UriKind.Absolute, out var address) && _guard.Check(address) is null ? address : null;

    private static TimeSpan? Seconds(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds >= 1 ? TimeSpan.FromSeconds(Math.Min(seconds, 1e6)) : null;

    [LoggerMessage(Level = LogLevel.Information, Message = "A device authorization of connection {Connection} was started")]
    private static partial void LogStarted(ILogger logger, ConnectionId connection);

    [LoggerMessage(Level = LogLevel.Information, Message = "The device authorization of connection {Connection} ended: {Outcome}")]
    private static partial void LogEnded(ILogger logger, ConnectionId connection, string outcome);
}
