namespace Recipes.Web;

/// <summary>What the connect page shows.</summary>
public sealed record ConnectModel
{
    public required ConnectionDefinition Definition { get; init; }
    public required ConnectorProfile Connector { get; init; }
    public required AuthScheme Scheme { get; init; }
    public required Owner Owner { get; init; }
    public required Caller Caller { get; init; }
    public UserId User => Caller.User;

    /// <summary>The connection that will be authorised; null when a new one will be made.</summary>
    public Connection? Connection { get; init; }

    /// <summary>Whether <see cref="Connection"/> was asked for, not just found lying unfinished.</summary>
    public bool IsNamed { get; init; }

    /// <summary>The owner's connections that work already.</summary>
    public IReadOnlyList<Connection> Connected { get; init; } = [];

    /// <summary>Values to show again; none is secret.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<SetupFault> Faults { get; init; } = [];

    /// <summary>Why the provider could not be asked for consent.</summary>
    public Failure? StartFailure { get; init; }

    /// <summary>What a test showed right after connecting.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Whether only the owner's own sign-in can be used: a person's consent gives the account that is signed in at the app.</summary>
    public bool NeedsConsent => Scheme.NeedsConsent;

    public bool IsOwn => Owner.Is(User);

    /// <summary>The permissions to choose among; empty where there is nothing to choose or to show.</summary>
    public IReadOnlyList<ScopeChoice> Offer => Scheme is OAuth2Scheme { NeedsConsent: true } oauth ? ScopeSelection.Offer(oauth, Definition) : [];

    /// <summary>What was ticked; null means the usual ones.</summary>
    public IReadOnlyCollection<string>? Chosen { get; init; }

    public bool CanChoose => Offer.Any(o => !o.Required);

    /// <summary>Whether consent is given on another device.</summary>
    public bool UsesDeviceCode => Scheme is OAuth2Scheme { Grant: OAuth2Grant.DeviceCode };

    /// <summary>What it is connected for, for the way back.</summary>
    public FlowReturn Return { get; init; } = FlowReturn.None;

    /// <summary>Whether it is a step of setting an app up.</summary>
    public bool IsWizard { get; init; }

    /// <summary>Whether the person said that it may become another account's connection.</summary>
    public bool AcceptsOtherAccount { get; init; }

    /// <summary>Whether it is known which account the connection belongs to, so that another one would be noticed.</summary>
    public bool KnowsAccount => (NeedsConsent || !Scheme.AcquiresTokens) && Connection?.Record.AccountId is not null;

    public bool IsTicked(ScopeChoice choice) => choice.Required || (Chosen?.Contains(choice.Name) ?? choice.Default);

    /// <summary>Host, with its port when that is not the usual one, of the page where consent is given; null when there is none, or when it depends on what is filled in now.</summary>
    public string? ConsentHost
    {
        get
        {
            var address = Scheme switch
            {
                OAuth2Scheme { Grant: OAuth2Grant.AuthorizationCode } oauth => oauth.AuthorizationEndpoint ?? oauth.Discovery,
                OAuth1Scheme oauth => oauth.AuthorizationEndpoint,
                _ => null,
            };
            if (address is not { } endpoint)
                return null;
            var known = Connector.FieldsOf(Scheme).Where(f => f.Default is not null).ToDictionary(f => f.Name, f => f.Default!);
            foreach (var (name, value) in (Connection?.Record.Fields ?? Values).Concat(Definition.Presets))
                known[name] = value;
            if (endpoint.Fields.Any(f => !known.ContainsKey(f) || AskedFields.Any(a => a.Field.Name == f)) || !Uri.TryCreate(endpoint.Render(known), UriKind.Absolute, out var consent))
                return null;
            // As in DNS: look-alike letters of other scripts are told apart.
            return consent.IsDefaultPort ? consent.IdnHost : $"{consent.IdnHost}:{consent.Port}";
        }
    }

    /// <summary>Fields that whoever connects has to fill in.</summary>
    public IReadOnlyList<ShownField> AskedFields => ShownField.Of(Connector, Scheme, Definition.Presets);

    /// <summary>Whether secret values are kept that need not be typed again.</summary>
    public bool HasSecrets => Connection?.Record.SealedCredential is not null;

    /// <summary>Whether other values can be stored without asking the provider: it is connected, and there is something to fill in.</summary>
    public bool CanOnlySave => NeedsConsent && Connection is { State: ConnectionState.Connected or ConnectionState.Suspect } && AskedFields.Count > 0;

    /// <summary>Labels of the fields that decide where its credential goes.</summary>
    public IEnumerable<string> AddressLabels
    {
        get
        {
            var set = Connector.FieldSetOf(Scheme);
            var names = Connector.AddressesOf(Scheme).SelectMany(a => a.Template.Fields).SelectMany(set.Behind).ToHashSet();
            return AskedFields.Where(f => names.Contains(f.Field.Name)).Select(f => f.Field.Label);
        }
    }

    public string? FaultOf(Field field) => Faults.FirstOrDefault(f => f.Path == $"fields.{field.Name}")?.Message;

    /// <summary>Faults that belong to no field on the page.</summary>
    public IEnumerable<SetupFault> OtherFaults => Faults.Where(f => !AskedFields.Any(a => f.Path == $"fields.{a.Field.Name}"));
}
