namespace Recipes.Connections;

/// <summary>The operator's own mail server.</summary>
public sealed class MailOptions
{
    public string Host { get; set; } = "";

    /// <value>1 to 65535; default 587, with <c>Implicit</c> 465, with <c>None</c> 25.</value>
    public int? Port { get; set; }

    /// <summary>How the way to the server is protected.</summary>
    /// <value><c>StartTls</c> (default; what does not offer it gets no mail), <c>Implicit</c>, or <c>None</c>, which takes no password.</value>
    /// <remarks>Source: RFC 3207, RFC 8314.</remarks>
    public string Tls { get; set; } = nameof(MailTls.StartTls);

    /// <summary>The account there; null where the server takes mail without one.</summary>
    public string? User { get; set; }
    public Secret? Password { get; set; }

    /// <summary>Address that mail comes from.</summary>
    public string From { get; set; } = "";

    internal MailTls? TlsMode => Enum.TryParse<MailTls>(Tls, ignoreCase: true, out var mode) && Enum.IsDefined(mode) ? mode : null;

    internal int EffectivePort => Port ?? TlsMode switch { MailTls.Implicit => 465, MailTls.None => 25, _ => 587 };
}
