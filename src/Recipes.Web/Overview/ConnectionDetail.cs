namespace Recipes.Web;

/// <summary>What the page of one connection shows.</summary>
/// <param name="CanBeMadeDefault">Whether its owner has others under the definition, and it is not the one that runs use.</param>
/// <param name="Tested">What a test that was just made showed; null when none was.</param>
public sealed record ConnectionDetail(
    Connection Connection, ConnectionDefinition Definition, ConnectorProfile? Connector, AuthScheme? Scheme, UserId Reader, bool CanBeMadeDefault, ProbeResult? Tested = null)
{
    /// <summary>Plain values with their labels, the definition's presets among them.</summary>
    public IEnumerable<(string Label, string Value, bool IsPreset)> Fields
    {
        get
        {
            if (Connector is null || Scheme is null)
                return Connection.Record.Fields.Select(f => (f.Key, f.Value, false));
            var set = Connector.FieldSetOf(Scheme);
            return from item in Connector.FieldsOf(Scheme)
                   where item.Kind != FieldKind.Secret
                   let preset = Definition.Presets.GetValueOrDefault(item.Name)
                   let value = Values.GetValueOrDefault(item.Name)
                   where value is { Length: > 0 } && (item.Automatic || set.IsAsked(item, Values))
                   select (item.Label, item.Show(value), preset is not null);
        }
    }

    // As they apply: presets, then its own, then defaults.
    private Dictionary<string, string> Values => Connector!.FieldsOf(Scheme!).Where(f => f.Kind != FieldKind.Secret)
        .Select(f => (f.Name, Value: Definition.Presets.GetValueOrDefault(f.Name) ?? Connection.Record.Fields.GetValueOrDefault(f.Name) ?? f.Default))
        .Where(f => f.Value is not null).ToDictionary(f => f.Name, f => f.Value!);

    /// <summary>The last 30 days, oldest first; only for the page of the connection itself.</summary>
    public IReadOnlyList<HistoryDay> History { get; init; } = [];

    /// <summary>The newest entries of its log; only for the page of the connection itself.</summary>
    public IReadOnlyList<LogEntry> Log { get; init; } = [];

    /// <summary>Whether the log has more.</summary>
    public bool HasMoreLog { get; init; }

    /// <summary>When it is checked again without anybody asking; null where that waits for a person, or is due already.</summary>
    public DateTimeOffset? NextCheckAt { get; init; }

    /// <summary>What uses it, where the page says so.</summary>
    public ConnectionUses Uses { get; init; } = new([], []);

    /// <summary>What revocation at the app came to after the last disconnection; null when nothing was asked for there.</summary>
    public LogEntry? Revocation =>
        Connection.State != ConnectionState.Disconnected ? null : Log.TakeWhile(e => e.Event != ConnectionEvent.Disconnected).FirstOrDefault(e => e.Event == ConnectionEvent.Revoked);

    public bool CanBeTested => Connection.State is ConnectionState.Connected or ConnectionState.Suspect || (Connection.State == ConnectionState.ReauthorizationRequired && Scheme is { NeedsConsent: false });
}
