using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>Stands in for the app of a connector: answers at the paths that the connector declares, and takes only what comes as it declares.</summary>
internal abstract class StandIn
{
    private readonly Lock _lock = new();
    private readonly List<WireFault> _faults = [];

    protected StandIn(ConnectorProfile connector, AuthScheme scheme, SampleAccount account, TimeProvider time)
    {
        (Connector, Scheme, Account, Time) = (connector, scheme, account, time);
        Fields = connector.FieldsOf(scheme).Where(f => f.Kind != FieldKind.Secret && f.Default is not null).ToDictionary(f => f.Name, f => f.Default!);
        foreach (var (name, value) in account.Fields)
            Fields[name] = value;
        Answers = new ApiAnswers(this);
        try
        {
            // The address of the app may be made of them.
            foreach (var capture in ConnectCases.CapturesOf(scheme))
                SampleOf(capture);
        }
        catch (KitException fault)
        {
            account.Faults.Add(fault.Message);
        }
    }

    public ConnectorProfile Connector { get; }
    public AuthScheme Scheme { get; }
    public SampleAccount Account { get; }

    /// <summary>Plain fields with the values that the flow should have filled in by itself.</summary>
    public Dictionary<string, string> Fields { get; }

    /// <summary>Values of the account that the flow should have taken, and where they are given.</summary>
    public Dictionary<string, string> Captured { get; } = [];

    /// <summary>Everything secret that was handed out.</summary>
    public List<string> HandedOut { get; } = [];

    public ApiAnswers Answers { get; }

    /// <summary>Whether the account's secret was changed at the app, or its grant revoked there.</summary>
    public bool CredentialChanged { get; set; }

    /// <summary>Whether an API that was called just now took the credential.</summary>
    public bool TookCredential { get; protected set; }

    /// <summary>Whether the credential is a piece of the path.</summary>
    public virtual bool PutsIntoPath => Scheme.Apply?.Path is not null;

    protected TimeProvider Time { get; }

    public Uri BaseAddress
    {
        get
        {
            var text = Connector.BaseAddress.Render(Fields);
            return new Uri(text.EndsWith('/') ? text : $"{text}/");
        }
    }

    /// <summary>Addresses that the stand-in answers at, beside those below the base address.</summary>
    public virtual IEnumerable<Uri> OwnAddresses => [];

    public Door DoorOf(ReceivedRequest request) => IsRevocation(request) ? Door.Revocation : OwnDoorOf(request);

    /// <summary>Which of the scheme's own doors a request comes to.</summary>
    protected virtual Door OwnDoorOf(ReceivedRequest request) => Door.Api;

    /// <summary>The tokens that are alive, for templates; newest first.</summary>
    protected virtual IEnumerable<IReadOnlyDictionary<string, string>> LiveTokens => [];

    /// <summary>What is not as declared so far; forgotten then.</summary>
    public IReadOnlyList<WireFault> TakeFaults()
    {
        lock (_lock)
        {
            WireFault[] taken = [.. _faults.Distinct()];
            _faults.Clear();
            return taken;
        }
    }

    public StandInReply Answer(ReceivedRequest request)
    {
        if (IsRevocation(request))
            return AnswerRevocation(Scheme.Revoke!, request);
        if (DoorOf(request) is var door && door != Door.Api)
            return AnswerOwn(door, request);
        if (Challenge(request) is { } challenge)
            return challenge;
        if (!request.Origin.Equals(BaseAddress.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase) && !OwnAddresses.Any(a => Same(a, request)) && !Answers.Knows(request))
        {
            Note(new WireFault($"requests go to {BaseAddress.GetLeftPart(UriPartial.Authority)} and the declared addresses", $"one went to {request.Origin}{request.RawPath}", "Declare that address, or correct the one that leads there."));
            return StandInReply.Error(404, "not_found", "nobody lives here");
        }

        var faults = CheckCredential(request).Concat(CheckCertificate(request)).ToArray();
        TookCredential = faults.Length == 0 && !CredentialChanged;
        Note(faults.Select(f => f with { Sent = request.Line }));
        return TookCredential ? Answers.Success(request) : Refusal;
    }

    /// <summary>What the app does when the person who was sent there consents.</summary>
    /// <returns>Where the browser is sent back to.</returns>
    public virtual Uri Consent(Uri address) => throw new KitException("This scheme asks nobody for consent.");

    /// <summary>How long a token lives that the scheme gets itself; null where it has none, or nobody says.</summary>
    public virtual TimeSpan? TokenLife => null;

    /// <summary>Forgets the access tokens that it gave out; what renews them stays good.</summary>
    public virtual void LoseTokens()
    {
    }

    /// <summary>What a wrong credential gets.</summary>
    protected virtual StandInReply Refusal => Answers.Refusal;

    /// <summary>What a request gets that has to be sent once more with an answer to it; null for all others.</summary>
    protected virtual StandInReply? Challenge(ReceivedRequest request) => null;

    /// <summary>What is not as declared about the credential on a request to the API; nothing when it is good.</summary>
    protected abstract IEnumerable<WireFault> CheckCredential(ReceivedRequest request);

    /// <summary>Answers at the scheme's own addresses.</summary>
    protected virtual StandInReply AnswerOwn(Door door, ReceivedRequest request) => StandInReply.Error(404, "not_found", "nobody lives here");

    protected void Note(params IEnumerable<WireFault> faults)
    {
        lock (_lock)
            _faults.AddRange(faults);
    }

    protected string HandOut(string secret)
    {
        lock (_lock)
            HandedOut.Add(secret);
        return secret;
    }

    /// <summary>Makes the values that captures take from one source.</summary>
    /// <exception cref="KitException">When no value can be made that a pattern accepts.</exception>
    protected Dictionary<string, string> SampleCaptures(IEnumerable<Capture> captures)
    {
        var values = new Dictionary<string, string>();
        foreach (var capture in captures)
            values[capture.Path] = SampleOf(capture);
        return values;
    }

    /// <exception cref="KitException">When no value can be made that the pattern accepts.</exception>
    public string SampleOf(Capture capture)
    {
        var name = capture.Field ?? capture.Secret!;
        var example = Connector.FieldsOf(Scheme).FirstOrDefault(f => f.Name == capture.Field)?.Example;
        var sample = example is not null && example.StartsWith(capture.Prefix ?? "", StringComparison.Ordinal) && PatternSample.Fits(capture.Pattern, example[(capture.Prefix ?? "").Length..]) ? example[(capture.Prefix ?? "").Length..]
            : PatternSample.One(capture.Pattern) ?? throw new KitException($"No value can be made that the pattern {capture.Pattern} of the capture '{name}' accepts. Give its field an example.");
        var match = capture.Pattern.Match(sample);
        var value = $"{capture.Prefix}{(match.Groups["value"] is { Success: true } part ? part.Value : sample)}";
        Captured[name] = value;
        if (capture.Field is not null)
            Fields[capture.Field] = value;
        else
            HandOut(value);
        return sample;
    }

    protected WireScope Scope(ReceivedRequest request, IReadOnlyDictionary<string, string>? tokens = null) => new()
    {
        Fields = Fields,
        Secrets = Account.Secrets,
        Tokens = tokens ?? new Dictionary<string, string>(),
        Client = Account.Client,
        Request = request,
        Now = Time.GetUtcNow(),
    };

    /// <summary>What is not as declared under <c>apply</c>.</summary>
    protected IEnumerable<WireFault> CheckApply(ReceivedRequest request, IReadOnlyDictionary<string, string>? tokens = null)
    {
        if (Scheme.Apply is not { } rules)
            return [];
        if (Answers.Knows(request))
        {
            // What the calls after connecting bring is not there yet when they are made.
            var coming = Scheme.AfterConnect.SelectMany(f => f.Captures).Select(c => c.Field).OfType<string>().ToHashSet();
            bool IsThere(KeyValuePair<string, CredentialTemplate> entry) => !entry.Value.Paths.Any(p => p.Root == "fields" && coming.Contains(p.Name));
            rules = rules with { Headers = [.. rules.Headers.Where(IsThere)], Query = [.. rules.Query.Where(IsThere)], Body = [.. rules.Body.Where(IsThere)] };
        }

        return ApplyCheck.Check(rules, request, Scope(request, tokens), BaseAddress.AbsolutePath);
    }

    protected static bool Same(Uri address, ReceivedRequest request) =>
        address.GetLeftPart(UriPartial.Authority).Equals(request.Origin, StringComparison.OrdinalIgnoreCase) && address.AbsolutePath == request.RawPath;

    // A login has a door of its own for it.
    private bool IsRevocation(ReceivedRequest request) =>
        Scheme is not LoginScheme && Scheme.Revoke is { } call && request.Method == call.Method.Method && Same(AddressOf(call), request);

    protected Uri AddressOf(LoginCall call)
    {
        var path = call.Path.Render(Fields);
        return new Uri(BaseAddress, path.Contains("://", StringComparison.Ordinal) ? path : path.TrimStart('/'));
    }

    private StandInReply AnswerRevocation(LoginCall call, ReceivedRequest request)
    {
        if (!call.PlacesCredential && Challenge(request) is { } challenge)
            return challenge;
        var tokens = LiveTokens.DefaultIfEmpty(new Dictionary<string, string>());
        IEnumerable<WireFault> faults = tokens.Select(t => CallCheck.Check(call, request, Scope(request, t)).ToArray()).MinBy(f => f.Length)!;
        Note(call.PlacesCredential ? faults : faults.Concat(CheckCredential(request)));
        return new StandInReply(204);
    }

    private IEnumerable<WireFault> CheckCertificate(ReceivedRequest request)
    {
        if (Scheme.ClientCertificate is { } declared && request.ClientCertificate is not { Subject: "CN=kit" })
            yield return new($"the client certificate in '{declared.Certificate}' with every request", request.ClientCertificate is null ? "none came" : "another one came", "Look at 'clientCertificate'.");
    }
}

/// <summary>The kit cannot go on; the message says what would help.</summary>
internal sealed class KitException(string message) : Exception(message);
