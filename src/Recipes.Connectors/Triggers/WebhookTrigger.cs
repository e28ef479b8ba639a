using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>Where the secret comes from that deliveries are verified by.</summary>
public enum WebhookSecretOrigin
{
    /// <summary>There is none.</summary>
    None,
    /// <summary>It is made here (<see cref="WebhookTrigger.CreateSecret"/>): the registration tells the app, or a person types it in there.</summary>
    Ours,
    /// <summary>The app makes it: the registration brings it, or a person types it in here.</summary>
    Theirs,
}

/// <summary>A trigger that the app calls.</summary>
public abstract class WebhookTrigger : ConnectorTrigger
{
    /// <summary>Whether it is registered at the app through the connection; otherwise a person does that.</summary>
    public abstract bool Registers { get; }

    public abstract WebhookSecretOrigin SecretOrigin { get; }

    /// <summary>What the app calls the secret, for people.</summary>
    public abstract string SecretLabel { get; }

    /// <summary>What a person does in the app, in a sentence or two; null when nobody said.</summary>
    public abstract string? Setup { get; }

    /// <summary>A new secret, in the form that the app takes.</summary>
    public abstract string CreateSecret();

    /// <param name="address">Where deliveries go: a secret of its own.</param>
    /// <param name="secret">Where the origin is <see cref="WebhookSecretOrigin.Ours"/>; otherwise null.</param>
    /// <exception cref="InvalidOperationException">It does not register.</exception>
    public abstract ValueTask<RegistrationAnswer> RegisterAsync(
        ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, Uri address, string? secret, DateTimeOffset now, CancellationToken cancellationToken);

    /// <returns>Null when it is gone, or was already.</returns>
    /// <exception cref="InvalidOperationException">It does not register.</exception>
    public abstract ValueTask<Failure?> UnregisterAsync(
        ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, WebhookRegistration registration, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Verifies a delivery and takes it apart.</summary>
    /// <param name="secret">Several, while one replaces another, are parted by line breaks; null when there is none.</param>
    public abstract WebhookVerdict Read(WebhookMessage message, IReadOnlyDictionary<string, object?> inputs, string? secret, DateTimeOffset now);
}
