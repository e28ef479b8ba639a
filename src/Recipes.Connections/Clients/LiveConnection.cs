using System.Net;
using Microsoft.Extensions.Logging;

namespace Recipes.Connections;

/// <summary>One open connection: authenticates, refreshes, retries once, classifies, records.</summary>
internal sealed partial class LiveConnection(
    ConnectionSnapshot snapshot, SnapshotLoader loader, IConnectionStore store, EgressGuard guard, Refresher refresher, HealthRecorder recorder, ConsumerVerdicts consumers, UsageCounter counter, TimeProvider time, ILogger log)
    : ConnectionClient
{
    private const long LargestRequest = 16 * 1024 * 1024;
    private const long LargestReply = 16 * 1024 * 1024;

    // After this long another node's change (or a person's) is seen at the latest.
    private static readonly TimeSpan s_freshFor = TimeSpan.FromSeconds(5);
    // A decrypted credential does not stay in memory longer than this without being opened anew.
    private static readonly TimeSpan s_openFor = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan s_refreshAheadPause = TimeSpan.FromSeconds(10);

    private volatile ConnectionSnapshot _snapshot = snapshot;
    private DateTimeOffset _refreshAheadAfter;
    private long _checkedAt = time.GetTimestamp();
    private long _openedAt = time.GetTimestamp();
    // A look answers the invalidations that came before it, and no later one.
    private int _invalidations;
    private int _answered;
    private Task<ConnectionSnapshot>? _looking;
    private readonly Lock _lookingLock = new();

    public override ConnectionId Id => _snapshot.Record.Id;
    public override Uri BaseAddress => _snapshot.BaseAddress;
    public override IReadOnlyDictionary<string, string> Fields => _snapshot.Fields;

    internal ConnectionDefinitionId DefinitionId => _snapshot.Definition.Id;

    internal string ConnectorName => _snapshot.Connector.Name;

    internal long LastUsed { get; private set; }

    internal bool IsFresh => Volatile.Read(ref _answered) == Volatile.Read(ref _invalidations) && time.GetElapsedTime(Volatile.Read(ref _checkedAt)) < s_freshFor;

    public override async ValueTask<ConnectionReply> SendAsync(HttpRequestMessage request, string action, CancellationToken cancellationToken)
    {
        using var activity = ConnectionTelemetry.Activities.StartActivity("connection call");
        var (reply, used) = await SendAsync(request, action, RequestPurpose.Action, cancellationToken);
        counter.Used(failed: reply.Failure is not null);
        activity?.SetTag(ConnectionTelemetry.ConnectorTag, ConnectorName);
        activity.End(reply.Failure);
        // What was not sent is no failure of the app; a failed refresh is counted where it happened.
        if (used is not null && reply.Failure is { } failure)
            ConnectionTelemetry.CallFailed(used.Connector.Name, failure);
        return reply;
    }

    /// <summary>Gets new tokens without sending anything else, where that is possible.</summary>
    /// <param name="always">Whether also where it is not due.</param>
    /// <returns>The snapshot to go on with, and why there are no new tokens although there should be.</returns>
    internal async ValueTask<(ConnectionSnapshot Current, Failure? Failure)> RenewAsync(bool always, CancellationToken cancellationToken)
    {
        var current = await CurrentAsync(cancellationToken);
        if (!current.CanRenew || !(always || current.RefreshAt <= time.GetUtcNow()) || current.WhyNotNow(RequestPurpose.Probe, time.GetUtcNow()) is not null)
            return (current, null);
        // A refresh token is kept alive also while the app itself is out of reach.
        if (current.AddressFault is null && current.WhyNever(time.GetUtcNow()) is not null)
            return (current, null);
        var result = await refresher.RefreshAsync(current, cancellationToken);
        if (result.Fresh is { } fresh)
        {
            Use(fresh);
            return (fresh, null);
        }

        return (IsExpired(current) ? current : await WithoutRefreshAsync(result.Failure!, cancellationToken), result.Failure);
    }

    /// <returns>The reply, and the credential's snapshot that the last attempt used; null when nothing was sent that says something about it.</returns>
    internal async ValueTask<(ConnectionReply Reply, ConnectionSnapshot? Used)> SendAsync(
        HttpRequestMessage request, string action, RequestPurpose purpose, CancellationToken cancellationToken)
    {
        LastUsed = time.GetTimestamp();
        var current = await CurrentAsync(cancellationToken);
        // Where requests go may come with the first token only.
        if (current.NeedsToken && ReferenceEquals(current.BaseAddress, SnapshotLoader.Nowhere) && current.WhyUnusable(purpose, time.GetUtcNow()) is null)
        {
            var first = await refresher.RefreshAsync(current, cancellationToken);
            if (first.Fresh is null)
                return (FailedRefresh(current, first.Failure!, $"{request.Method} {request.RequestUri?.OriginalString.Split('?')[0]}"), null);
            Use(current = first.Fresh);
        }

        var address = request.RequestUri is { IsAbsoluteUri: true } absolute ? absolute : request.RequestUri is { } relative ? new Uri(current.BaseAddress, relative) : current.BaseAddress;
        request.RequestUri = address;
        // By value as well: a step may have been given the very secret under a harmless name.
        var line = current.Redactor.Redact(RequestLine.Of(request.Method, address));
        if (current.WhyUnusable(purpose, time.GetUtcNow()) is { } unusable)
            return (new ConnectionReply(null, unusable, line), null);
        if (!SameOrigin(address, current.BaseAddress))
            return (new ConnectionReply(null, Misconfigured($"{address.Scheme}://{address.Authority} is not where the connection '{current.Record.DisplayName}' belongs ({current.BaseAddress.GetLeftPart(UriPartial.Authority)}); its credential is not sent there."), line), null);
        // The origin is the connection's own, which was checked when it was opened.
        if (address.UserInfo.Length > 0 && guard.Check(address) is { } wrong)
            return (new ConnectionReply(null, Misconfigured($"The address of the connection '{current.Record.DisplayName}' {wrong}."), line), null);

        if (current.RefreshAt <= time.GetUtcNow() && (IsExpired(current) || time.GetUtcNow() >= _refreshAheadAfter))
        {
            var result = await refresher.RefreshAsync(current, cancellationToken);
            if (result.Fresh is { } fresh)
                Use(current = fresh);
            else if (IsExpired(current))
                return (FailedRefresh(current, result.Failure!, line), null);
            else
                current = await WithoutRefreshAsync(result.Failure!, cancellationToken);
            // The refresh may have brought a verdict, or met one.
            if (current.WhyUnusable(purpose, time.GetUtcNow()) is { } verdict)
                return (new ConnectionReply(null, result.Failure ?? verdict, line), null);
        }

        var content = request.Content;
        var attempt = await AttemptAsync(current, request, purpose, cancellationToken);
        if (attempt.Failure?.Kind == FailureKind.ModifiedCredentials && current.CanRenew)
        {
            attempt.Response?.Dispose();
            (request.RequestUri, request.Content) = (address, content);
            var result = await refresher.RefreshAsync(current, cancellationToken);
            if (result.Fresh is null)
                return (FailedRefresh(current, result.Failure!, line), null);
            Use(current = result.Fresh);
            // Somebody else's refresh may have been followed by a refusal already.
            if (current.WhyUnusable(purpose, time.GetUtcNow()) is { } verdict)
                return (new ConnectionReply(null, verdict, line), null);
            attempt = await AttemptAsync(current, request, purpose, cancellationToken);
        }

        (request.RequestUri, request.Content) = (address, content);
        if (attempt.Response is { } response)
            response.RequestMessage = request;
        await RecordAsync(current, attempt.Failure, action, purpose, line);
        return (new ConnectionReply(attempt.Response, attempt.Failure, line), current);
    }

    /// <summary>The snapshot to work with: the one at hand, or a new one when it may be out of date. One look serves all who wait.</summary>
    internal ValueTask<ConnectionSnapshot> CurrentAsync(CancellationToken cancellationToken) =>
        IsFresh ? ValueTask.FromResult(_snapshot) : new ValueTask<ConnectionSnapshot>(JoinLookAsync(Volatile.Read(ref _invalidations), cancellationToken));

    // A look that began before the last invalidation does not know what changed: then another one follows.
    private async Task<ConnectionSnapshot> JoinLookAsync(int invalidations, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<ConnectionSnapshot> looking;
            lock (_lookingLock)
                looking = _looking ??= LookAsync();
            var seen = await looking.WaitAsync(cancellationToken);
            if (Volatile.Read(ref _answered) - invalidations >= 0)
                return seen;
        }
    }

    internal void Invalidate() => Interlocked.Increment(ref _invalidations);

    private async Task<ConnectionSnapshot> LookAsync()
    {
        await Task.Yield();
        try
        {
            var expired = time.GetElapsedTime(_openedAt) >= s_openFor;
            var (reading, invalidations) = (time.GetTimestamp(), Volatile.Read(ref _invalidations));
            var version = await store.FindVersionAsync(Id, CancellationToken.None) ?? throw new KeyNotFoundException($"There is no connection {Id} any more.");
            if (expired || version != _snapshot.Record.Version || await HasNewDefinitionAsync())
            {
                var fresh = await loader.LoadAsync(Id, CancellationToken.None) ?? throw new KeyNotFoundException($"There is no connection {Id} any more.");
                Use(expired ? fresh : fresh.Continuing(_snapshot));
            }

            Volatile.Write(ref _checkedAt, reading);
            Volatile.Write(ref _answered, invalidations);
            return _snapshot;
        }
        finally
        {
            lock (_lookingLock)
                _looking = null;
        }
    }

    // The store keeps definitions in memory for a moment: this costs hardly anything.
    private async Task<bool> HasNewDefinitionAsync() =>
        (await store.FindDefinitionAsync(DefinitionId, CancellationToken.None))?.Version != _snapshot.Definition.Version;

    private void Use(ConnectionSnapshot fresh)
    {
        // An older read must not replace a newer one that came in meanwhile.
        if (fresh.Record.Version < _snapshot.Record.Version)
            return;
        _snapshot = fresh;
        _openedAt = time.GetTimestamp();
    }

    private async ValueTask<(HttpResponseMessage? Response, Failure? Failure)> AttemptAsync(
        ConnectionSnapshot current, HttpRequestMessage request, RequestPurpose purpose, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(guard.Timeout, time);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        HttpResponseMessage? response = null;
        var redirected = false;
        try
        {
            // Buffered, so that it can be sent again after a refresh.
            if (request.Content is { } content)
                await content.LoadIntoBufferAsync(LargestRequest, timeout.Token);
            response = await SendOnceAsync(current, request, timeout.Token);
            if ((int)response.StatusCode is 400 or 401 && current.Authenticator!.TakeChallenge(response))
            {
                response.Dispose();
                response = await SendOnceAsync(current, request, timeout.Token);
            }

            current.Authenticator!.Answered(response);

            redirected = purpose == RequestPurpose.Action && IsRedirect(response, request);
            if (redirected)
                response = await Redirects.FollowAsync(request, response, current, guard, timeout.Token);
            await response.Content.LoadIntoBufferAsync(LargestReply, timeout.Token);
            var failure = await FailureClassifier.ClassifyAsync(response, current.Connector, purpose, current.Redactor, time.GetUtcNow(), timeout.Token, current.Scheme);
            // What another host thinks of a request without a credential says nothing of the credential.
            if (failure?.Kind is FailureKind.ModifiedCredentials or FailureKind.InsufficientPermissions && response.RequestMessage?.RequestUri is { } end && !SameOrigin(end, current.BaseAddress))
                failure = failure with { Kind = FailureKind.Unknown };
            failure = await consumers.JudgeAsync(current, failure, cancellationToken);
            return (response, failure is not null && Doubt.IsLeftBy(request.Method, failure) ? failure with { IsDoubtful = true } : failure);
        }
        catch (FormatException e)
        {
            // The step's request is at fault, not the connection.
            response?.Dispose();
            return (null, new Failure { Kind = FailureKind.Unknown, Message = e.Message, At = time.GetUtcNow() });
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            response?.Dispose();
            var failure = FailureClassifier.FromException(e, current.Connector.DisplayName, time.GetUtcNow(), current.Scheme.ClientCertificate is not null);
            // The connection's own address answered: where one path of it leads to does not make the connection wrong.
            return (null, failure with { Kind = redirected && failure.Kind == FailureKind.Misconfigured ? FailureKind.Unknown : failure.Kind, IsDoubtful = Doubt.IsLeftBy(request.Method, e) });
        }
        catch
        {
            response?.Dispose();
            throw;
        }
    }

    private async ValueTask<HttpResponseMessage> SendOnceAsync(ConnectionSnapshot current, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (address, content) = (request.RequestUri, request.Content);
        // Several apps refuse requests that do not say what sends them.
        if (!request.Headers.NonValidated.Contains("User-Agent"))
            request.Headers.TryAddWithoutValidation("User-Agent", "Recipes");
        await current.Authenticator!.ApplyAsync(request, cancellationToken);
        try
        {
            return await current.Invoker.SendAsync(request, cancellationToken);
        }
        finally
        {
            current.Authenticator.Withdraw(request);
            (request.RequestUri, request.Content) = (address, content);
        }
    }

    internal bool IsExpired(ConnectionSnapshot current) => current.NeedsToken || current.Credential?.Tokens?.ExpiresAt <= time.GetUtcNow();

    // The token at hand lives on for a while: not every request has to wait for a provider that cannot refresh it now.
    private ValueTask<ConnectionSnapshot> WithoutRefreshAsync(Failure failure, CancellationToken cancellationToken)
    {
        var after = time.GetUtcNow() + s_refreshAheadPause;
        _refreshAheadAfter = failure.RetryAt > after ? failure.RetryAt.Value : after;
        Invalidate();
        LogRefreshFailed(log, Id, failure.Kind);
        return CurrentAsync(cancellationToken);
    }

    // The refresher has recorded already what it means for the connection.
    private ConnectionReply FailedRefresh(ConnectionSnapshot current, Failure failure, string line)
    {
        Invalidate();
        LogRefreshFailed(log, current.Record.Id, failure.Kind);
        return new ConnectionReply(null, failure, line);
    }

    private async ValueTask RecordAsync(ConnectionSnapshot current, Failure? failure, string action, RequestPurpose purpose, string line)
    {
        // Probes are recorded by the prober, who also knows the account's name.
        if (purpose == RequestPurpose.Probe || !HealthRecorder.IsNews(current.Record, failure, action, time.GetUtcNow()))
            return;
        await recorder.RecordUseAsync(current, failure, action, line);
        Invalidate();
    }

    private Failure Misconfigured(string message) => new() { Kind = FailureKind.Misconfigured, Message = message, At = time.GetUtcNow() };

    private static bool SameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && string.Equals(one.IdnHost, other.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static bool IsRedirect(HttpResponseMessage response, HttpRequestMessage request) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && response.Headers.Location is not null && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {Connection} could not be refreshed: {Kind}")]
    private static partial void LogRefreshFailed(ILogger logger, ConnectionId connection, FailureKind kind);
}
