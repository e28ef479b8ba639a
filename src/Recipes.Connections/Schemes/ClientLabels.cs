namespace Recipes.Connections;

/// <summary>What the app calls the client that is registered there, for the person who copies it over.</summary>
/// <param name="Id">Its word for the public id: Client ID, App ID, Consumer key.</param>
/// <param name="Secret">Its word for the secret.</param>
/// <param name="Help">How such a client is registered there; null when nothing is to be said.</param>
/// <param name="Link">Where it is registered; null when unknown.</param>
public sealed record ClientLabels(string Id = "Client ID", string Secret = "Client secret", string? Help = null, Uri? Link = null)
{
    /// <summary>The words of OAuth 1.0.</summary>
    public static ClientLabels Consumer { get; } = new("Consumer key", "Consumer secret");
}
