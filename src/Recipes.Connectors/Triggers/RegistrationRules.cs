namespace Recipes.Connectors;

/// <summary>How a webhook is registered at its app, and taken back.</summary>
/// <param name="Id">Where the answer has the app's id of it; null where it has none.</param>
/// <param name="Secret">Where the answer has the secret to verify by; null where it has none.</param>
/// <param name="ExpiresAt">Where the answer says when it ends; null where it does not.</param>
/// <param name="Keep">What else the removal needs, by name.</param>
internal sealed record RegistrationRules(
    RequestTemplate Register, RequestTemplate Unregister, IReadOnlyList<string>? Id, IReadOnlyList<string>? Secret, IReadOnlyList<string>? ExpiresAt,
    IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Keep)
{
    /// <summary>What templates may read to register: <c>hook.address</c>, <c>hook.secret</c> and <c>hook.id</c>, a short name of its own that tells nothing of the address.</summary>
    public static TemplateScope RegisterScope { get; } = new("input", "fields", "hook");

    /// <summary>What templates may read to take it back: <c>registration.id</c> and what was kept.</summary>
    public static TemplateScope UnregisterScope { get; } = new("input", "fields", "registration");
}
