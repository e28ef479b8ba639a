using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>A webhook as a connector file declares it.</summary>
/// <param name="list">Where a delivery holds several events; null where it is one itself.</param>
/// <param name="condition">Whether an event is one that the trigger waits for; null where each is.</param>
internal sealed class DeclaredWebhookTrigger(
    string type, string displayName, string? description, ConnectorProfile connector, IReadOnlyList<string> scopes, IReadOnlyList<ActionInput> inputs,
    DeliverySignature signature, WebhookSecretOrigin secretOrigin, string secretLabel, string? setup, ChallengeRules? challenge, RegistrationRules? registration,
    IReadOnlyList<string>? list, Template? condition, RecordMapping records) : WebhookTrigger
{
    public override string Type => type;
    public override string DisplayName => displayName;
    public override string? Description => description;
    public override ConnectorProfile Connector => connector;
    public override IReadOnlyList<string> Scopes => scopes;
    public override IReadOnlyList<ActionInput> Inputs => inputs;
    public override IReadOnlyList<ActionOutput> Outputs => records.Outputs;
    public override bool Registers => registration is not null;
    public override WebhookSecretOrigin SecretOrigin => secretOrigin;
    public override string SecretLabel => secretLabel;
    public override string? Setup => setup;

    /// <summary>For the check of connectors.</summary>
    internal DeliverySignature Signature => signature;

    public override string CreateSecret() => signature.CreateSecret();

    public override async ValueTask<RegistrationAnswer> RegisterAsync(
        ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, Uri address, string? secret, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rules = registration ?? throw new InvalidOperationException($"{Type} does not register.");
        var hook = new Dictionary<string, object?> { ["address"] = address.AbsoluteUri, ["secret"] = secret, ["id"] = ShortName(address) };
        var (answer, failure) = await SendAsync(client, rules.Register, inputs, "hook", hook, now, cancellationToken);
        if (answer is null)
            return new RegistrationAnswer.Failed(failure!);
        var id = Read(answer, rules.Id);
        if (rules.Id is not null && id is null)
            return new RegistrationAnswer.Failed(Fault($"{Type} was registered, but the app's answer has no id where the trigger looks for it.", answer.Status, now));
        var ends = Read(answer, rules.ExpiresAt);
        var expires = ends is null ? null : PlainComparer.TryDate(ends, out var date) ? date.ToUniversalTime()
            : CursorMark.TryRead(MarkType.Number, ends, out var number) && number.Number is > 0 and < 253_402_300_799_999 ? FromUnix((long)number.Number) : (DateTimeOffset?)null;
        var keep = rules.Keep.ToDictionary(k => k.Key, k => NextPages.Read(answer.Body, k.Value));
        return new RegistrationAnswer.Registered(new(id, keep), Read(answer, rules.Secret) is { Length: > 0 } given ? new Secret(given) : null, expires);
    }

    public override async ValueTask<Failure?> UnregisterAsync(
        ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, WebhookRegistration registered, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rules = registration ?? throw new InvalidOperationException($"{Type} does not register.");
        var data = new Dictionary<string, object?>(registered.Data) { ["id"] = registered.Id };
        var (_, failure) = await SendAsync(client, rules.Unregister, inputs, "registration", data, now, cancellationToken);
        return failure is { Status: 404 or 410 } ? null : failure;
    }

    public override WebhookVerdict Read(WebhookMessage message, IReadOnlyDictionary<string, object?> inputs, string? secret, DateTimeOffset now)
    {
        try
        {
            var fault = signature.FaultOf(message, secret, now);
            if (fault is not null && challenge is not { IsVerified: false })
                return new WebhookVerdict.Rejected(fault);
            if (!WebhookBody.TryRead(message, out var body, out var unreadable))
                return new WebhookVerdict.Rejected(fault ?? unreadable!);
            var data = new Dictionary<string, object?>
            {
                ["method"] = message.Method,
                ["query"] = message.Query.ToDictionary(q => q.Key, object? (q) => q.Value),
                ["headers"] = message.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), object? (h) => h.Value),
                ["body"] = body,
            };
            if (challenge?.Read(data, text => secret is null ? null : signature.Sign(text, secret.Split('\n')[0].Trim())) is { } answer)
                return answer;
            return fault is null ? ReadEvents(body, data, InputValues.Check(Inputs, inputs)) : new WebhookVerdict.Rejected(fault);
        }
        catch (Exception fault) when (fault is InvalidDataException or TemplateException or InputException)
        {
            return new WebhookVerdict.Rejected($"It is genuine, but {Type} cannot use it: {fault.Message}");
        }
    }

    private WebhookVerdict ReadEvents(object? body, Dictionary<string, object?> data, IReadOnlyDictionary<string, object?> inputs)
    {
        data["input"] = inputs;
        var events = list is null ? [body] : NextPages.Read(body, list) as IReadOnlyList<object?> ?? throw new InvalidDataException("there is no list of events where the trigger looks for it.");
        var found = new List<TriggerRecord>();
        for (var i = 0; i < events.Count; i++)
        {
            data["record"] = events[i];
            if (condition is not null && !PlainComparer.IsTrue(condition.Evaluate(data)))
                continue;
            var id = records.IdOf(events[i], data);
            // An id of the whole delivery does not tell its events apart.
            found.Add(records.Map(list is null || records.HasOwnIds ? id : TriggerRecord.Shorten($"{id}#{i}"), events[i], data));
        }

        return found.Count == 0 ? new WebhookVerdict.Ignored() : new WebhookVerdict.Accepted([.. found.DistinctBy(e => e.Id)]);
    }

    private async Task<(Answer? Answer, Failure? Failure)> SendAsync(
        ConnectionClient client, RequestTemplate template, IReadOnlyDictionary<string, object?> inputs, string root, Dictionary<string, object?> data, DateTimeOffset now, CancellationToken cancellationToken)
    {
        HttpRequestMessage request;
        try
        {
            request = template.Build(new Dictionary<string, object?> { ["input"] = InputValues.Check(Inputs, inputs), ["fields"] = client.Fields, [root] = data });
        }
        catch (Exception fault) when (fault is InputException or TemplateException)
        {
            return (null, Fault($"{Type} was not sent. {fault.Message}", null, now));
        }

        using (request)
        {
            using var reply = await client.SendAsync(request, Type, cancellationToken);
            if (reply.Failure is { } failure)
                return (null, failure);
            var response = reply.Response ?? throw new InvalidOperationException("A reply without a failure has a response.");
            try
            {
                return (await Answer.ReadAsync(response, cancellationToken), null);
            }
            catch (Exception fault) when (fault is InvalidDataException or HttpRequestException or IOException)
            {
                return (null, Fault("The app took the request, but its answer cannot be used.", (int)response.StatusCode, now) with { Kind = FailureKind.Unavailable });
            }
        }
    }

    private static string? Read(Answer answer, IReadOnlyList<string>? path) => path is not null && NextPages.Read(answer.Body, path) is { } value ? PlainText.Of(value) : null;

    private static string ShortName(Uri address) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(address.AbsoluteUri)).AsSpan(0, 8));

    // No year has as many seconds as a moment of today has milliseconds.
    private static DateTimeOffset FromUnix(long number) => number > 253_402_300_799 ? DateTimeOffset.FromUnixTimeMilliseconds(number) : DateTimeOffset.FromUnixTimeSeconds(number);

    private static Failure Fault(string message, int? status, DateTimeOffset now) => new() { Kind = FailureKind.Misconfigured, Message = message, Status = status, At = now };
}
