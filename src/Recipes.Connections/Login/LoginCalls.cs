using System.Collections.Concurrent;
using System.Text.Json;

namespace Recipes.Connections;

/// <summary>Logs connections in and out. Each login is tried once: what a refusal means is the caller's to decide, and apps lock accounts.</summary>
internal sealed class LoginCalls(EgressGuard guard, TimeProvider time)
{
    private const int LargestReply = 1024 * 1024;
    private const int MostPauses = 10_000;

    // An answer that could not be understood may have been a refusal all the same.
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<ConnectionId, (long Version, DateTimeOffset Until, TokenReply.Refused Reply)> _pauses = new();

    /// <summary>Renews the token by the call for it where there is one and it is not refused, else by a login with the calls before it.</summary>
    public async Task<TokenReply> AcquireAsync(ConnectionSnapshot seen, CancellationToken cancellationToken)
    {
        var scheme = (LoginScheme)seen.Scheme;
        if (_pauses.TryGetValue(seen.Record.Id, out var pause) && pause.Version == seen.Record.CredentialVersion && time.GetUtcNow() < pause.Until)
            return pause.Reply;
        if (scheme.Refresh is { } refresh && seen.Credential!.Tokens is { } tokens)
        {
            var renewed = await new Login(this, seen, tokens).AskAsync([], refresh, "refresh", cancellationToken);
            // Whatever else is wrong with the session: the password may still be right.
            if (renewed is not TokenReply.Refused { Failure.Kind: not (FailureKind.Unavailable or FailureKind.RateLimited) })
                return renewed;
        }

        var reply = await new Login(this, seen, null).AskAsync(scheme.Steps, scheme.Login, "login", cancellationToken);
        Remember(seen, reply);
        return reply;
    }

    private void Remember(ConnectionSnapshot seen, TokenReply reply)
    {
        _pauses.TryRemove(seen.Record.Id, out _);
        // Some apps answer a wrong password with 500: they lock accounts all the same.
        if (reply is not TokenReply.Refused { Failure: { Status: not null } failure } refused || (failure.Kind is not (FailureKind.Unknown or FailureKind.RateLimited) && failure.Status != 500))
            return;
        if (_pauses.Count >= MostPauses)
            _pauses.Clear();
        var until = time.GetUtcNow() + s_pause;
        _pauses[seen.Record.Id] = (seen.Record.CredentialVersion, failure.RetryAt > until ? failure.RetryAt.Value : until, refused);
    }

    /// <summary>Makes a call that brings nothing: the end of a session, or of a credential. Where it does not place the credential itself, that goes along as on any other request.</summary>
    /// <returns>The status of the answer.</returns>
    /// <exception cref="HttpRequestException">When there is none, or the address is not allowed.</exception>
    public Task<int> SendAsync(ConnectionSnapshot seen, LoginCall call, TokenSet? tokens, CancellationToken cancellationToken) =>
        new Login(this, seen, tokens).SendOnlyAsync(call, cancellationToken);

    /// <summary>One run through the calls.</summary>
    private sealed class Login(LoginCalls calls, ConnectionSnapshot seen, TokenSet? tokens)
    {
        private readonly Dictionary<string, Secret> _values = [];
        private readonly CredentialScope _scope = new(new SchemeInputs
        {
            Fields = seen.Fields,
            Credential = seen.Credential! with { Tokens = tokens },
            BaseAddress = seen.BaseAddress,
            Time = calls.Time,
        });

        // Of the last call, without what is put into its query.
        private string? _line;

        public async Task<TokenReply> AskAsync(IReadOnlyList<LoginCall> steps, LoginCall last, string name, CancellationToken cancellationToken)
        {
            var reply = await RunAsync(steps, last, name, cancellationToken);
            return reply with { RequestLine = _line };
        }

        private async Task<TokenReply> RunAsync(IReadOnlyList<LoginCall> steps, LoginCall last, string name, CancellationToken cancellationToken)
        {
            try
            {
                for (var i = 0; i < steps.Count; i++)
                {
                    if (await CallAsync(steps[i], $"step {i + 1} of the login", null, cancellationToken) is { } failed)
                        return failed;
                }

                return (await CallAsync(last, name, reply => ReadToken(last, reply), cancellationToken))!;
            }
            catch (FormatException e)
            {
                return Refused(FailureKind.Misconfigured, $"The {name} of {seen.Connector.DisplayName} cannot be sent: {e.Message}");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                return new TokenReply.Refused(FailureClassifier.FromException(e, $"The {name} of {seen.Connector.DisplayName}", calls.Time.GetUtcNow(), seen.Scheme.ClientCertificate is not null));
            }
        }

        public async Task<int> SendOnlyAsync(LoginCall call, CancellationToken cancellationToken)
        {
            using var response = await SendAsync(call, cancellationToken, signs: !call.PlacesCredential);
            return (int)response.StatusCode;
        }

        /// <returns>Null when the call went through and brings no token.</returns>
        private async Task<TokenReply?> CallAsync(LoginCall call, string name, Func<LoginReply, TokenSet?>? read, CancellationToken cancellationToken)
        {
            using var response = await SendAsync(call, cancellationToken);
            await response.Content.LoadIntoBufferAsync(LargestReply, cancellationToken);
            var reply = await LoginReply.ReadAsync(response, cancellationToken);
            if (!reply.IsSuccess)
                return new TokenReply.Refused(await ReadFailureAsync(call, name, response, cancellationToken));
            var missing = Capture(call, reply);
            if (missing is null && read is null)
                return null;
            if (missing is null && read!(reply) is { } granted)
                return new TokenReply.Granted(granted);

            // What the app says in place of a token, where it says so by its own rules or in words.
            var said = await FailureClassifier.ClassifyAsync(response, seen.Connector, RequestPurpose.Action, NewRedactor(), calls.Time.GetUtcNow(), cancellationToken);
            if (said is not null && reply.Status < 300)
                return new TokenReply.Refused(said);
            var wanted = missing ?? "token";
            if (call.Token?.Place == ReplyPlace.Json && reply.IsNoJson)
                return Refused(FailureKind.Unknown, $"The {name} of {seen.Connector.DisplayName} was answered {reply.Status} with something that is no JSON.", reply.Status);
            // A step that lacks a value does not blame the password, which was not sent yet.
            return Refused(read is null ? FailureKind.Unknown : FailureKind.ModifiedCredentials, $"{seen.Connector.DisplayName} answered the {name} with {reply.Status} and no {wanted}.", reply.Status);
        }

        private async Task<HttpResponseMessage> SendAsync(LoginCall call, CancellationToken cancellationToken, bool signs = false)
        {
            var path = call.Path.Render(seen.Fields);
            var address = new Uri(seen.BaseAddress, path.Contains("://", StringComparison.Ordinal) ? path : path.TrimStart('/'));
            using var request = new HttpRequestMessage(call.Method, address);
            request.Headers.Accept.ParseAdd("application/json, */*;q=0.8");
            _line = NewRedactor().Redact(RequestLine.Of(call.Method, address));
            if (call.Query.Count > 0)
                RequestParts.AddQuery(request, Pairs(call.Query));
            if (calls.Guard.Check(request.RequestUri!) is { } wrong)
                throw new EgressRefusedException($"its address {wrong}.");
            request.Content = call.Body?.Render(_scope);
            foreach (var (name, value) in Pairs(call.Headers))
            {
                ApplyAuthenticator.CheckHeader(name, value);
                request.Headers.Remove(name);
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var timeout = new CancellationTokenSource(calls.Guard.Timeout, calls.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            return signs ? await SnapshotRequest.SendAsync(seen, request, either.Token) : await seen.Invoker.SendAsync(request, either.Token);
        }

        private IEnumerable<KeyValuePair<string, string>> Pairs(IReadOnlyList<KeyValuePair<string, CredentialTemplate>> templates)
        {
            foreach (var (name, template) in templates)
            {
                if (template.RenderOrNull(_scope) is { } value)
                    yield return new(name, value);
            }
        }

        /// <returns>The name of a value that is missing; null when all are there.</returns>
        private string? Capture(LoginCall call, LoginReply reply)
        {
            foreach (var capture in call.Captures)
            {
                var value = reply.Find(capture.From);
                if (value is not null && capture.Pattern is { } pattern && !(pattern.Match(value) is { Success: true, Index: 0 } match && match.Length == value.Length))
                    value = null;
                if (value is not null)
                    (_values[capture.Name], _scope.Values[capture.Name]) = (new Secret(value), value);
                else if (capture.Required)
                    return $"value for '{capture.Name}'";
            }

            return null;
        }

        private TokenSet? ReadToken(LoginCall call, LoginReply reply)
        {
            if (reply.Find(call.Token) is not { } token)
                return null;
            var now = calls.Time.GetUtcNow();
            var life = (reply.Find(call.ExpiresIn) is { } said ? TokenLife.Read(JsonSerializer.SerializeToElement(said), call.ExpiryUnit, now) : null) ?? call.Lifetime;
            var refresh = reply.Find(call.RefreshToken) is { } found ? new Secret(found) : tokens?.RefreshToken;
            // What a refresh does not bring again stays as the login brought it.
            var values = (tokens?.Values ?? new Dictionary<string, Secret>()).ToDictionary();
            foreach (var (name, value) in _values)
                values[name] = value;
            return new TokenSet(new Secret(token), refresh, life is null ? null : now + life, life, null) { Values = values, IssuedAt = now };
        }

        private async Task<Failure> ReadFailureAsync(LoginCall call, string name, HttpResponseMessage response, CancellationToken cancellationToken)
        {
            var seenFailure = (await FailureClassifier.ClassifyAsync(response, seen.Connector, RequestPurpose.Probe, NewRedactor(), calls.Time.GetUtcNow(), cancellationToken))!;
            var byRule = seen.Connector.Errors.Count > 0 && seenFailure.Kind != FailureClassifier.FromStatus(response, RequestPurpose.Probe);
            var kind = byRule ? seenFailure.Kind
                : call.Refused.Contains((int)response.StatusCode) ? FailureKind.ModifiedCredentials
                : seenFailure.Kind is FailureKind.ModifiedCredentials or FailureKind.InsufficientPermissions ? FailureKind.Unknown
                : seenFailure.Kind;
            return seenFailure with { Kind = kind, Message = $"{seen.Connector.DisplayName} answered the {name} with {seenFailure.Status}{(seenFailure.ProviderWords is null ? "." : $": {seenFailure.ProviderWords}")}" };
        }

        private Redactor NewRedactor() => new(seen.Credential!.All.Concat(_values.Values));

        private TokenReply.Refused Refused(FailureKind kind, string message, int? status = null) => new(new Failure { Kind = kind, Message = message, Status = status, At = calls.Time.GetUtcNow() });
    }

    private EgressGuard Guard => guard;

    private TimeProvider Time => time;
}
