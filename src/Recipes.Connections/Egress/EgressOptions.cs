namespace Recipes.Connections;

/// <summary>Where requests may go beyond the public internet over https.</summary>
public sealed class EgressOptions
{
    /// <summary>
    /// Hosts an operator trusts although they are private, or are reached without TLS: <c>host:port</c>, <c>host</c> (any port) or a network
    /// such as <c>10.1.0.0/16</c>. Empty by default.
    /// </summary>
    public IList<string> Allow { get; init; } = [];

    /// <summary>Files with certificates (PEM) of authorities that are trusted beside those of the operating system, for apps inside a company. Empty by default.</summary>
    public IList<string> Authorities { get; init; } = [];

    /// <summary>How long one request may take, connecting included.</summary>
    /// <value>1 second to 10 minutes, default 30 seconds.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
