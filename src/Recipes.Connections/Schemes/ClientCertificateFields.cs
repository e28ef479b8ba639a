namespace Recipes.Connections;

/// <summary>The secret fields that make up a client certificate, both PEM.</summary>
/// <param name="Certificate">Field with the certificate, its chain after it; the key may be in it as well.</param>
/// <param name="Key">Field with the private key; null when it is in the field of the certificate.</param>
public sealed record ClientCertificateFields(string Certificate, string? Key);
