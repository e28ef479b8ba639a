namespace Recipes.Connections;

/// <summary>What connections need to know of a connector; its actions and triggers are no business of theirs.</summary>
public sealed record ConnectorProfile
{
    /// <summary>Name, as recipes and definitions give it: <c>sandbox-crm</c>.</summary>
    public required string Name { get; init; }
    public required string DisplayName { get; init; }
    public string? Description { get; init; }

    /// <summary>Address of the app's own documentation of its API; null when the file names none.</summary>
    public Uri? Documentation { get; init; }

    /// <summary>Whether the connector has been tried against the running app.</summary>
    public Tried Tried { get; init; }

    /// <summary>Address that the paths of requests are relative to.</summary>
    public required FieldTemplate BaseAddress { get; init; }
    public required IReadOnlyList<AuthScheme> Schemes { get; init; }

    /// <summary>Fields that every scheme of the connector shares.</summary>
    public IReadOnlyList<Field> Fields { get; init; } = [];
    public Probe? Probe { get; init; }
    public IReadOnlyList<ErrorRule> Errors { get; init; } = [];

    /// <summary>Where the app says when a rate limit ends, in the order they are looked at; <c>Retry-After</c> comes before all of them.</summary>
    public IReadOnlyList<RateLimitRule> RateLimits { get; init; } = [];

    /// <summary>How often its connections are checked, where their definition does not say; null leaves it to the setting.</summary>
    public TimeSpan? CheckEvery { get; init; }

    /// <summary>Whether one recipe may use several connections of this connector.</summary>
    public bool SeveralPerRecipe { get; init; }

    public AuthScheme? FindScheme(string name) => Schemes.FirstOrDefault(s => s.Name == name);

    /// <summary>What tests a connection under <paramref name="scheme"/>.</summary>
    public Probe? ProbeOf(AuthScheme scheme) => scheme.Probe ?? Probe;

    /// <summary>The base address and the addresses that <paramref name="scheme"/> uses.</summary>
    public IEnumerable<SchemeAddress> AddressesOf(AuthScheme scheme) => [new("base address", BaseAddress, scheme.SendsClientSecret), .. scheme.Addresses, .. scheme.Revoke is { HasOwnAddress: true } revoke ? [new SchemeAddress("revocation address", revoke.Path)] : Array.Empty<SchemeAddress>()];

    /// <summary>Whether the flow fills the field in, so that nobody is asked for it.</summary>
    public bool IsCaptured(AuthScheme scheme, string field) => FieldsOf(scheme).Any(f => f.Name == field && f.Automatic);

    /// <summary>Addresses that come out otherwise under other plain values; an absent one differs from any.</summary>
    public IEnumerable<SchemeAddress> MovedAddresses(AuthScheme scheme, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        AddressesOf(scheme).Concat(scheme.AfterConnect.Select(f => new SchemeAddress("address of a call after connecting", f.Address))).Where(a => a.Template.RenderOrNull(before) != a.Template.RenderOrNull(after));

    /// <summary>All fields under <paramref name="scheme"/>, with the conditions between them.</summary>
    public FieldSet FieldSetOf(AuthScheme scheme) => new(FieldsOf(scheme));

    /// <summary>All fields under <paramref name="scheme"/>, the shared ones first.</summary>
    public IEnumerable<Field> FieldsOf(AuthScheme scheme) => Fields.Concat(scheme.Fields);
}

/// <summary>Where connections find out about connectors.</summary>
public interface IConnectorProfiles
{
    ConnectorProfile? Find(string connector);
}
