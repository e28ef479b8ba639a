using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>An app with a login: what comes there is held against the declared calls, and answered with a token where they look for one.</summary>
internal sealed class LoginStandIn(ConnectorProfile connector, LoginScheme scheme, SampleAccount account, TimeProvider time) : StandIn(connector, scheme, account, time)
{
    private static readonly TimeSpan s_life = TimeSpan.FromHours(1);
    private readonly Dictionary<string, string> _captured = [];
    private readonly List<(Dictionary<string, string> Tokens, DateTimeOffset? Ends)> _sessions = [];

    public override IEnumerable<Uri> OwnAddresses => [.. Calls.Select(c => AddressOf(c.Call))];

    public override TimeSpan? TokenLife => scheme.Login.ExpiresIn is not null ? s_life : scheme.Login.Lifetime;

    private IEnumerable<(LoginCall Call, Door Door)> Calls =>
    [
        (scheme.Login, Door.Token),
        .. scheme.Refresh is { } refresh ? [(refresh, Door.Token)] : Array.Empty<(LoginCall, Door)>(),
        .. scheme.Revoke is { } logout ? [(logout, Door.Revocation)] : Array.Empty<(LoginCall, Door)>(),
        .. scheme.Steps.Select(s => (s, Door.Other)),
    ];

    public override void LoseTokens() => _sessions.Clear();

    protected override Door OwnDoorOf(ReceivedRequest request) => Find(request)?.Door ?? Door.Api;

    protected override StandInReply AnswerOwn(Door door, ReceivedRequest request)
    {
        var call = Find(request)!.Value.Call;
        var isRenewal = ReferenceEquals(call, scheme.Refresh);
        var sessions = isRenewal || door == Door.Revocation ? _sessions.Select(s => s.Tokens).Reverse().Take(3).ToArray() : [];
        WireFault[] faults = sessions.Length == 0 ? [.. CallCheck.Check(call, request, ScopeOf(request, null))] : sessions.Select(s => CallCheck.Check(call, request, ScopeOf(request, s)).ToArray()).MinBy(f => f.Length)!;
        Note(door == Door.Revocation && !call.PlacesCredential ? faults.Concat(CheckCredential(request)) : faults);
        if ((faults.Length > 0 || CredentialChanged) && door == Door.Token)
            return Refused(call);
        if (door != Door.Token)
            return WriteCaptures(call, null);
        var token = HandOut(call.Token?.Place == ReplyPlace.Text && call.Token.Pattern is { } pattern ? TextToken(pattern) : $"session-{SampleAccount.RandomText(32)}");
        var tokens = _captured.ToDictionary();
        tokens["accessToken"] = token;
        if (call.RefreshToken is not null)
            tokens["refreshToken"] = HandOut($"renew-{SampleAccount.RandomText(32)}");
        var reply = WriteCaptures(call, tokens);
        foreach (var (name, value) in _captured)
            tokens[name] = value;
        var life = call.ExpiresIn is not null ? s_life : call.Lifetime;
        _sessions.Add((tokens, Time.GetUtcNow() + life));
        return reply;
    }

    protected override IEnumerable<WireFault> CheckCredential(ReceivedRequest request)
    {
        var live = _sessions.Where(s => !(s.Ends <= Time.GetUtcNow())).Select(s => s.Tokens).Reverse().ToArray();
        if (live.Length == 0)
            return [new("a token of a session that is alive", "none is", "Look at 'login'.")];
        return live.Select(tokens => (IReadOnlyList<WireFault>)[.. CheckToken(request, tokens), .. CheckApply(request, tokens)]).MinBy(f => f.Count)!;
    }

    private IEnumerable<WireFault> CheckToken(ReceivedRequest request, Dictionary<string, string> tokens)
    {
        if (scheme.Apply?.Reads("tokens") != true && request.Header("Authorization") != $"Bearer {tokens["accessToken"]}")
            yield return new("the header Authorization: Bearer <token of the login>", request.Header("Authorization") is null ? "no such header came" : "another value came", "Look at 'login.token', or say under 'apply' where the token goes.");
    }

    private StandInReply Refused(LoginCall call)
    {
        var status = call.Refused.Contains(401) ? 401 : call.Refused.FirstOrDefault(401);
        var plain = StandInReply.Error(status, "unauthorized", "wrong user name or password");
        return RuleReplies.Meaning(FailureKind.ModifiedCredentials, Connector.Errors, plain) ?? plain;
    }

    private StandInReply WriteCaptures(LoginCall call, Dictionary<string, string>? tokens)
    {
        JsonNode? json = null;
        var reply = new StandInReply(200);
        var text = "";
        void Put(ReplyValue? place, string? value)
        {
            if (place is null || value is null)
                return;
            switch (place.Place)
            {
                case ReplyPlace.Json: json = JsonShape.Set(json, place.Name, value); break;
                case ReplyPlace.Header: reply = reply.With(place.Name, value); break;
                case ReplyPlace.Cookie: reply = reply.With("Set-Cookie", $"{place.Name}={value}; Path=/; HttpOnly"); break;
                case ReplyPlace.Text: text = $"{text}{_texts.GetValueOrDefault(value, value)}\n"; break;
            }
        }

        foreach (var capture in call.Captures)
        {
            var pattern = capture.Pattern ?? (capture.From.Place == ReplyPlace.Text ? capture.From.Pattern : null);
            var value = capture.From.Place == ReplyPlace.Text && pattern is not null ? TextToken(pattern)
                : pattern is null ? $"value-{SampleAccount.RandomText(12)}"
                : PatternSample.One(pattern) ?? throw new KitException($"No value can be made that the pattern {pattern} of the capture '{capture.Name}' accepts.");
            Put(capture.From, _captured[capture.Name] = HandOut(value));
        }

        if (tokens is not null)
        {
            Put(call.Token, tokens["accessToken"]);
            Put(call.RefreshToken, tokens.GetValueOrDefault("refreshToken"));
            if (call.ExpiresIn is { } life)
                Put(life, JsonShape.Text(TokenReplies.Life(call.ExpiryUnit, Time.GetUtcNow() + s_life, Time.GetUtcNow())));
        }

        return json is not null ? reply with { ContentType = "application/json", Body = json.ToJsonString() } : text.Length > 0 ? reply with { ContentType = "text/plain", Body = text } : reply with { ContentType = "application/json", Body = "{}" };
    }

    private readonly Dictionary<string, string> _texts = [];

    // A text that the pattern finds, and of it what is taken.
    private string TextToken(ValuePattern pattern)
    {
        var text = PatternSample.Several(pattern, 1, System.Security.Cryptography.RandomNumberGenerator.GetInt32(1_000_000), whole: false) is [var made] ? made : throw new KitException($"No text can be made that the pattern {pattern} finds.");
        var match = pattern.Match(text);
        var value = match.Groups["value"] is { Success: true } part ? part.Value : match.Value;
        _texts[value] = text;
        return value;
    }

    private WireScope ScopeOf(ReceivedRequest request, Dictionary<string, string>? tokens)
    {
        var scope = Scope(request, tokens);
        foreach (var (name, value) in _captured)
            scope.Values[name] = System.Text.Encoding.UTF8.GetBytes(value);
        return scope;
    }

    private (LoginCall Call, Door Door)? Find(ReceivedRequest request)
    {
        var found = Calls.Where(c => Same(AddressOf(c.Call), request)).ToArray();
        // Where a renewal goes to the same address as the login, its method or what it holds tells.
        return found.Length == 0 ? null : found.Length == 1 ? found[0] : found.OrderBy(c => c.Call.Method.Method == request.Method ? 0 : 1).ThenBy(c => CallCheck.Check(c.Call, request, ScopeOf(request, _sessions.LastOrDefault().Tokens)).Count()).First();
    }
}
