namespace Recipes.Web;

/// <summary>What the form for a connection definition shows: of a new one, or of one that was just set up and is gone back to.</summary>
public sealed record SetupModel
{
    public required ConnectorProfile Connector { get; init; }
    public required AuthScheme Scheme { get; init; }
    public required WizardGoal Goal { get; init; }

    /// <summary>Where providers will send people back to, but for the key at its end.</summary>
    public required Uri CallbackStart { get; init; }

    /// <summary>The operator's app that the definition may work on; null when there is none.</summary>
    public DevelopmentApp? DevelopmentApp { get; init; }

    /// <summary>The one that is changed; null for a new one.</summary>
    public ConnectionDefinition? Definition { get; init; }

    /// <summary>A key that is free.</summary>
    public required string FreeKey { get; init; }
    public NewConnectionDefinition? Asked { get; init; }
    public IReadOnlyList<SetupFault> Faults { get; init; } = [];

    /// <summary>Whether there is a client secret that stays when none is typed.</summary>
    public bool HasSecret => Definition is { UsesDevelopmentApp: false, OAuthApp.SealedClientSecret: not null };

    public string Key => Definition?.Key.Value ?? Asked?.Key ?? Goal.Key ?? FreeKey;

    public string Name => Asked?.DisplayName ?? Definition?.DisplayName ?? Connector.DisplayName;

    public RuntimeUserPolicy RuntimeUser => Asked?.RuntimeUser ?? Definition?.RuntimeUser ?? RuntimeUserPolicy.Off;

    public IReadOnlyList<string> Scopes => Asked?.Scopes ?? Definition?.Scopes ?? [];

    public IReadOnlyDictionary<string, string>? Presets => Asked?.Presets ?? Definition?.Presets;

    public string? ClientId => Asked is null && Definition is { UsesDevelopmentApp: false, OAuthApp: { } app } ? app.ClientId : Asked?.ClientId;

    public bool UsesApp => Asked?.UsesDevelopmentApp ?? Definition?.UsesDevelopmentApp ?? false;

    public IReadOnlyList<ShownField> PresetFields { get => field ??= [.. ShownField.Of(Connector, Scheme, new Dictionary<string, string>()).Where(f => f.Field.Kind != FieldKind.Secret)]; }

    public string? FaultOf(string path) => Faults.FirstOrDefault(f => f.Path == path)?.Message;

    /// <summary>Faults that belong to no input on the page.</summary>
    public IEnumerable<SetupFault> OtherFaults => Faults.Where(f =>
        f.Path is not ("key" or "displayName" or "scopes") && !(f.Path is "clientId" or "clientSecret" && Scheme.NeedsClient) && !(f.Path == "useDevelopmentApp" && DevelopmentApp is not null)
        && !PresetFields.Any(p => f.Path == $"presets.{p.Field.Name}"));

    /// <summary>Where the steps before it are.</summary>
    public IReadOnlyDictionary<WizardStep, string> Back => Definition is not null ? new Dictionary<WizardStep, string>() : new Dictionary<WizardStep, string>
    {
        [WizardStep.App] = Goal.Path(),
        [WizardStep.SignIn] = Goal.Path(("connector", Connector.Name), ("another", "1")),
    };
}
