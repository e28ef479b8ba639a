using Recipes.Connectors;

namespace Recipes.Web;

/// <summary>All connectors.</summary>
/// <param name="Faults">What is wrong with connector files; these were left out.</param>
public sealed record ConnectorListReply(IReadOnlyList<ConnectorReply> Connectors, IReadOnlyList<ConnectorFaultReply> Faults);

/// <param name="File">Name of the file, without its folder.</param>
public sealed record ConnectorFaultReply(string File, int Line, int Column, string Message)
{
    internal static ConnectorFaultReply Of(ConnectorFault fault) => new(Path.GetFileName(fault.File), fault.Line, fault.Column, fault.Message);
}

/// <summary>A connector: the app, the ways to authenticate and what each has to be told.</summary>
/// <param name="Docs">Address of the app's own documentation of its API.</param>
/// <param name="Tried">Whether the connector is run against the running app by a test; a connector that is not was written from documentation alone.</param>
public sealed record ConnectorReply(string Name, string DisplayName, string? Description, Uri? Docs, Tried Tried, IReadOnlyList<SchemeReply> Schemes)
{
    internal static ConnectorReply Of(ConnectorProfile connector) => new(
        connector.Name, connector.DisplayName, connector.Description, connector.Documentation, connector.Tried,
        [.. connector.Schemes.Select(s => new SchemeReply(
            s.Name, s.DisplayName, s.Help, s.NeedsConsent, s is OAuth2Scheme oauth ? oauth.Scopes : null, [.. connector.FieldsOf(s).Select(FieldReply.Of)]))]);
}

/// <param name="NeedsConsent">Whether a person has to consent in a browser.</param>
/// <param name="Scopes">Asked for when a definition names none; only for OAuth 2.0.</param>
/// <param name="Fields">What a definition (as presets) or a connection has to say.</param>
public sealed record SchemeReply(string Name, string DisplayName, string? Help, bool NeedsConsent, IReadOnlyList<string>? Scopes, IReadOnlyList<FieldReply> Fields);

public sealed record FieldReply(
    string Name, string Label, FieldKind Kind, bool Required, string? Default, string? Help, string? Example, string? Pattern, IReadOnlyList<string>? Choices)
{
    internal static FieldReply Of(Field field) => new(
        field.Name, field.Label, field.Kind, field.Required, field.Default, field.Help, field.Example, field.Pattern?.ToString(), field.Choices.Count > 0 ? field.Choices : null);
}
