namespace Recipes.Web;

/// <summary>What the form for a new connection definition shows.</summary>
public sealed record SetupModel
{
    public required ConnectorProfile Connector { get; init; }
    public required AuthScheme Scheme { get; init; }

    /// <summary>Where providers will send people back to, but for the key at its end.</summary>
    public required Uri CallbackStart { get; init; }

    /// <summary>The operator's app that the definition may work on; null when there is none.</summary>
    public DevelopmentApp? DevelopmentApp { get; init; }
    public NewConnectionDefinition? Asked { get; init; }
    public IReadOnlyList<SetupFault> Faults { get; init; } = [];

    public IReadOnlyList<ShownField> PresetFields { get => field ??= [.. ShownField.Of(Connector, Scheme, new Dictionary<string, string>()).Where(f => f.Field.Kind != FieldKind.Secret)]; }

    public string? FaultOf(string path) => Faults.FirstOrDefault(f => f.Path == path)?.Message;

    /// <summary>Faults that belong to no input on the page.</summary>
    public IEnumerable<SetupFault> OtherFaults => Faults.Where(f =>
        f.Path is not ("key" or "displayName") && !(f.Path is "clientId" or "clientSecret" && Scheme.NeedsClient) && !(f.Path == "useDevelopmentApp" && DevelopmentApp is not null)
        && !PresetFields.Any(p => f.Path == $"presets.{p.Field.Name}"));
}
