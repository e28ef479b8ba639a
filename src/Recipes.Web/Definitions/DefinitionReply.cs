namespace Recipes.Web;

/// <summary>A connection definition.</summary>
/// <param name="Scopes">The scopes it asks for; empty means the scheme's own.</param>
/// <param name="BuildOnly">Whether it works on the operator's OAuth app for development: not in production, not for customers.</param>
/// <param name="CallbackAddress">The redirect address to register at the provider; only for OAuth 2.0.</param>
/// <param name="CheckEvery">How often its connections are checked, in seconds; left out when as often as the connector says.</param>
/// <param name="ClientFailure">What is wrong with the OAuth client itself; left out when nothing is known to be.</param>
public sealed record DefinitionReply(
    Guid Id, string Key, string DisplayName, string Connector, string Scheme, IReadOnlyDictionary<string, string> Presets, IReadOnlyList<string> Scopes,
    string? ClientId, bool HasClientSecret, bool BuildOnly, RuntimeUserPolicy RuntimeUser, Uri? CallbackAddress,
    Uri? SuccessAddress, Uri? FailureAddress, long? CheckEvery, FailureReply? ClientFailure, DateTimeOffset CreatedAt)
{
    internal static DefinitionReply Of(ConnectionDefinition definition, PublicAddress address) => new(
        definition.Id.Value, definition.Key.Value, definition.DisplayName, definition.Connector, definition.Scheme, definition.Presets, definition.Scopes,
        definition.OAuthApp?.ClientId, definition.OAuthApp?.SealedClientSecret is not null, definition.UsesDevelopmentApp, definition.RuntimeUser,
        definition.OAuthApp is null && !definition.UsesDevelopmentApp ? null : address.CallbackOf(definition),
        definition.SuccessAddress, definition.FailureAddress, (long?)definition.CheckEvery?.TotalSeconds, FailureReply.Of(definition.ClientFailure), definition.CreatedAt);
}
