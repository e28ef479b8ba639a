namespace Recipes.Web;

/// <summary>A connection definition.</summary>
/// <param name="Scopes">The scopes it asks for; empty means the scheme's own.</param>
/// <param name="CallbackAddress">The redirect address to register at the provider; only for OAuth 2.0.</param>
/// <param name="ClientFailure">What is wrong with the OAuth client itself; left out when nothing is known to be.</param>
public sealed record DefinitionReply(
    Guid Id, string Key, string DisplayName, string Connector, string Scheme, IReadOnlyDictionary<string, string> Presets, IReadOnlyList<string> Scopes,
    string? ClientId, bool HasClientSecret, RuntimeUserPolicy RuntimeUser, Uri? CallbackAddress, FailureReply? ClientFailure, DateTimeOffset CreatedAt)
{
    internal static DefinitionReply Of(ConnectionDefinition definition, PublicAddress address) => new(
        definition.Id.Value, definition.Key.Value, definition.DisplayName, definition.Connector, definition.Scheme, definition.Presets, definition.Scopes,
        definition.OAuthApp?.ClientId, definition.OAuthApp?.SealedClientSecret is not null, definition.RuntimeUser,
        definition.OAuthApp is null ? null : address.CallbackOf(definition), FailureReply.Of(definition.ClientFailure), definition.CreatedAt);
}
