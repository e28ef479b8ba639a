namespace Recipes.Connections;

/// <summary>Tokens that a provider gave and that are not stored yet. Lives in memory, and sealed in a lease.</summary>
/// <param name="Replaces">The version of the credential that they replace.</param>
/// <param name="Spent">The refresh token that they were got with; null when it was got without one.</param>
/// <param name="Fields">Plain fields that came along.</param>
/// <param name="RequestLine">What brought them; null when that is not known any more.</param>
internal sealed record NewTokens(ConnectionId Connection, TenantId Tenant, long Replaces, Secret? Spent, TokenSet Tokens, IReadOnlyDictionary<string, string> Fields, string? RequestLine)
{
    /// <summary>Whether the credential that a connection has now is one that they replace: that very version, or a later one that others changed beside the same refresh token.</summary>
    public bool Fits(Connection connection, Func<Credential> open) =>
        connection.Record.SealedCredential is not null
        && (connection.Record.CredentialVersion == Replaces || (Spent is not null && !Spent.Equals(Tokens.RefreshToken) && Spent.Equals(open().Tokens?.RefreshToken)));

    /// <summary>For a lease: without the connection's other secrets, which stay with the connection.</summary>
    public byte[] Seal(CredentialVault vault) => vault.Seal(Tenant, Connection, new Credential
    {
        Secrets = Fields.Where(f => f.Value.Length > 0).ToDictionary(f => f.Key, f => new Secret(f.Value)),
        Tokens = Spent is null ? Tokens : Tokens with { Replaced = new(Spent, Tokens.Replaced?.At ?? DateTimeOffset.MinValue) },
    });

    /// <exception cref="System.Security.Cryptography.CryptographicException">As <see cref="CredentialVault.Open"/>.</exception>
    public static NewTokens Open(CredentialVault vault, Connection connection, long replaces, byte[] sealedCredential)
    {
        var credential = vault.Open(connection.Tenant, connection.Id, sealedCredential);
        var tokens = credential.Tokens ?? throw new FormatException("What was kept has no tokens.");
        var spent = tokens.Replaced;
        return new(
            connection.Id, connection.Tenant, replaces, spent?.RefreshToken, spent?.At > DateTimeOffset.MinValue ? tokens : tokens with { Replaced = null },
            credential.Secrets.ToDictionary(s => s.Key, s => s.Value.Reveal()), RequestLine: null);
    }
}
