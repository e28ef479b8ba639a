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
            s.Name, s.DisplayName, s.Help, s.NeedsConsent, s.NeedsClient, s is OAuth2Scheme oauth ? oauth.Scopes : null, [.. connector.FieldsOf(s).Select(FieldReply.Of)]))]);
}

/// <param name="NeedsConsent">Whether a person has to consent in a browser.</param>
/// <param name="NeedsClient">Whether a definition holds a client that is registered at the app.</param>
/// <param name="Scopes">Asked for when a definition names none; only for OAuth 2.0.</param>
/// <param name="Fields">What a definition (as presets) or a connection has to say.</param>
public sealed record SchemeReply(string Name, string DisplayName, string? Help, bool NeedsConsent, bool NeedsClient, IReadOnlyList<string>? Scopes, IReadOnlyList<FieldReply> Fields);

/// <param name="Link">Where to find the value.</param>
/// <param name="Prefix">Stands before the value, and is no part of it.</param>
/// <param name="Suffix">Stands after the value, and is no part of it.</param>
/// <param name="When">When it is asked for; left out when it is always.</param>
/// <param name="Automatic">Whether the flow fills it in; then nobody is asked for it, but an import of tokens may give it.</param>
public sealed record FieldReply(
    string Name, string Label, FieldKind Kind, bool Required, bool Automatic, string? Default, string? Help, Uri? Link, string? Example, FieldFormat? Format, string? Pattern, string? PatternHelp,
    decimal? Min, decimal? Max, string? Prefix, string? Suffix, bool Multiline, ConditionReply? When, IReadOnlyList<FieldChoice>? Choices)
{
    internal static FieldReply Of(Field field) => new(
        field.Name, field.Label, field.Kind, field.Required, field.Automatic, field.Default, field.Help, field.Link, field.Example, field.Format, field.Pattern?.ToString(), field.PatternHelp,
        field.Min, field.Max, field.Prefix, field.Suffix, field.Multiline, field.When is { } when ? new(when.Field, when.Is) : null, field.Choices.Count > 0 ? field.Choices : null);
}

/// <param name="Field">Another field of the same form.</param>
/// <param name="Is">Its values under which this one is asked for.</param>
public sealed record ConditionReply(string Field, IReadOnlyList<string> Is);
