namespace Recipes.Web;

/// <summary>What the form for an OAuth app for development shows.</summary>
public sealed record OAuthAppForm
{
    public required ConnectorProfile Connector { get; init; }
    public required AuthScheme Scheme { get; init; }
    public required Uri Callback { get; init; }

    /// <summary>The app that is changed; null when a new one is set up.</summary>
    public DevelopmentApp? App { get; init; }

    /// <summary>What was typed and not taken; no part of it is secret.</summary>
    public string? ClientId { get; init; }
    public IReadOnlyDictionary<string, string> Presets { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<SetupFault> Faults { get; init; } = [];

    public string Action => App is null ? "/connections/oauth-apps/new" : $"/connections/oauth-apps/{App.Id}";

    /// <summary>Fields that decide where the secret goes: fixed with the app.</summary>
    public IReadOnlyList<ShownField> Fields
    {
        get
        {
            var set = Connector.FieldSetOf(Scheme);
            var names = Connector.AddressesOf(Scheme).Where(a => a.TakesClientSecret).SelectMany(a => a.Template.Fields).SelectMany(set.Behind).ToHashSet();
            return [.. ShownField.Of(Connector, Scheme, new Dictionary<string, string>()).Where(f => names.Contains(f.Field.Name) && f.Field.Kind != FieldKind.Secret)];
        }
    }

    public string? FaultOf(string path) => Faults.FirstOrDefault(f => f.Path == path)?.Message;

    /// <summary>Faults that belong to no input on the page.</summary>
    public IEnumerable<SetupFault> OtherFaults => Faults.Where(f => f.Path is not ("clientId" or "clientSecret") && !(App is null && Fields.Any(p => f.Path == $"presets.{p.Field.Name}")));
}
