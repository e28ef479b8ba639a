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
            return from item in Connector.FieldsOf(Scheme)
                   where item.Kind != FieldKind.Secret
                   let preset = Definition.Presets.GetValueOrDefault(item.Name)
                   let value = preset ?? Connection.Record.Fields.GetValueOrDefault(item.Name) ?? item.Default
                   where value is { Length: > 0 }
                   select (item.Label, value, preset is not null);
        }
    }

    public bool CanBeTested => Connection.State is ConnectionState.Connected or ConnectionState.Suspect or ConnectionState.ReauthorizationRequired;
}
