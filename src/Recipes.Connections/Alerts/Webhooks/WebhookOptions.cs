namespace Recipes.Connections;

/// <summary>A program that is told.</summary>
public sealed class WebhookOptions
{
    /// <summary>Where alerts are posted to: https, or a host that the setting <c>Egress:Allow</c> names. Its path and query are not shown: they may hold a key.</summary>
    public string Address { get; set; } = "";

    /// <summary>Signs what is sent: <c>whsec_</c> and base64, or a text of 16 characters or more.</summary>
    public Secret? Secret { get; set; }

    /// <summary>Types of alerts that it gets, such as <c>connection.lost</c>; empty means all.</summary>
    public IList<string> Kinds { get; init; } = [];

    /// <summary>What it is called in lists. Deliveries that are under way keep to it.</summary>
    /// <value>1 to 60 letters, digits, dots, colons, hyphens and underscores; default host and port of the address.</value>
    public string? Name { get; set; }

    internal Uri? Uri => Uri.TryCreate(Address, UriKind.Absolute, out var uri) ? uri : null;

    internal string DisplayName => string.IsNullOrWhiteSpace(Name) ? Uri is { } uri ? (uri.IsDefaultPort ? uri.Host : $"{uri.Host}:{uri.Port}") : "" : Name.Trim();
}
