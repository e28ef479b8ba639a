namespace Recipes.Connections;

/// <summary>How the way to a mail server is protected.</summary>
internal enum MailTls
{
    None,
    /// <summary>TLS after a first greeting in the clear; never without.</summary>
    StartTls,
    /// <summary>TLS from the first byte on.</summary>
    Implicit,
}
