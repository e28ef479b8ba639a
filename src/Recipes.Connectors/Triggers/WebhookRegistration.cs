using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>What is kept of a registration, to take it back.</summary>
/// <param name="Id">The app's own id of it; null where it has none.</param>
/// <param name="Data">Plain data; no secret.</param>
public sealed record WebhookRegistration(string? Id, IReadOnlyDictionary<string, object?> Data);

/// <summary>What came of registering a webhook.</summary>
public abstract record RegistrationAnswer
{
    private RegistrationAnswer()
    {
    }

    /// <param name="Secret">What the app gave to verify by; null where it gave none. Seal it.</param>
    /// <param name="ExpiresAt">When it has to be registered anew; null when never.</param>
    public sealed record Registered(WebhookRegistration Registration, Secret? Secret, DateTimeOffset? ExpiresAt) : RegistrationAnswer;

    public sealed record Failed(Failure Failure) : RegistrationAnswer;
}
