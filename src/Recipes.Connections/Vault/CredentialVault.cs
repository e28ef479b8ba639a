using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Recipes.Connections;

/// <summary>Seals secrets for storage and opens them again. Tenant and row are in the purpose: a value copied to another row does not open.</summary>
public sealed class CredentialVault(IDataProtectionProvider protection)
{
    public byte[] Seal(TenantId tenant, ConnectionId connection, Credential credential)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, credential);
        var clear = buffer.WrittenSpan.ToArray();
        try
        {
            return ForConnection(tenant, connection).Protect(clear);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }

    /// <exception cref="CryptographicException">When the value was sealed for another row, was changed, or its key is not in the ring.</exception>
    public Credential Open(TenantId tenant, ConnectionId connection, byte[] sealedCredential)
    {
        var clear = ForConnection(tenant, connection).Unprotect(sealedCredential);
        try
        {
            using var document = JsonDocument.Parse(clear);
            return Read(document.RootElement);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }

    public byte[] SealClientSecret(TenantId tenant, ConnectionDefinitionId definition, Secret secret) =>
        ForClient(tenant, definition).Protect(Encoding.UTF8.GetBytes(secret.Reveal()));

    /// <exception cref="CryptographicException">As <see cref="Open"/>.</exception>
    public Secret OpenClientSecret(TenantId tenant, ConnectionDefinitionId definition, byte[] sealedSecret) =>
        new(Encoding.UTF8.GetString(ForClient(tenant, definition).Unprotect(sealedSecret)));

    internal byte[] SealVerifier(TenantId tenant, ConnectionId connection, string verifier) =>
        ForFlow(tenant, connection).Protect(Encoding.ASCII.GetBytes(verifier));

    internal string OpenVerifier(TenantId tenant, ConnectionId connection, byte[] sealedVerifier) =>
        Encoding.ASCII.GetString(ForFlow(tenant, connection).Unprotect(sealedVerifier));

    private IDataProtector ForConnection(TenantId tenant, ConnectionId connection) => protection.CreateProtector("Recipes.Credential", tenant.Value, connection.ToString());

    private IDataProtector ForClient(TenantId tenant, ConnectionDefinitionId definition) => protection.CreateProtector("Recipes.OAuthApp", tenant.Value, definition.ToString());

    private IDataProtector ForFlow(TenantId tenant, ConnectionId connection) => protection.CreateProtector("Recipes.AuthorizationFlow", tenant.Value, connection.ToString());

    private static void Write(Utf8JsonWriter writer, Credential credential)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("secrets"u8);
        foreach (var (name, secret) in credential.Secrets)
            writer.WriteString(name, secret.Reveal());
        writer.WriteEndObject();
        if (credential.Tokens is { } tokens)
        {
            writer.WriteString("accessToken"u8, tokens.AccessToken.Reveal());
            if (tokens.RefreshToken is { } refresh)
                writer.WriteString("refreshToken"u8, refresh.Reveal());
            if (tokens.ExpiresAt is { } expires)
                writer.WriteString("expiresAt"u8, expires);
            if (tokens.LifeSpan is { } life)
                writer.WriteNumber("lifeSpan"u8, life.TotalSeconds);
            if (tokens.Scopes is { } scopes)
                writer.WriteString("scope"u8, string.Join(' ', scopes));
        }

        writer.WriteEndObject();
    }

    private static Credential Read(JsonElement json)
    {
        var secrets = json.GetProperty("secrets").EnumerateObject().ToDictionary(p => p.Name, p => new Secret(p.Value.GetString()!));
        if (!json.TryGetProperty("accessToken", out var access))
            return new Credential { Secrets = secrets };
        var tokens = new OAuth2Tokens(
            new Secret(access.GetString()!),
            json.TryGetProperty("refreshToken", out var refresh) ? new Secret(refresh.GetString()!) : null,
            json.TryGetProperty("expiresAt", out var expires) ? expires.GetDateTimeOffset() : null,
            json.TryGetProperty("lifeSpan", out var life) ? TimeSpan.FromSeconds(life.GetDouble()) : null,
            json.TryGetProperty("scope", out var scope) ? scope.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries) : null);
        return new Credential { Secrets = secrets, Tokens = tokens };
    }
}
