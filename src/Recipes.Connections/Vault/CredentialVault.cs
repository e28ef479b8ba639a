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

    /// <summary>The credential that a connection has; an empty one when there is none, or it cannot be opened.</summary>
    public Credential OpenOrEmpty(ConnectionRecord record)
    {
        try
        {
            return record.SealedCredential is { } sealedCredential ? Open(record.Tenant, record.Id, sealedCredential) : new Credential();
        }
        catch (CryptographicException)
        {
            return new Credential();
        }
    }

    public byte[] SealClientSecret(TenantId tenant, ConnectionDefinitionId definition, Secret secret) =>
        ForClient(tenant, definition).Protect(Encoding.UTF8.GetBytes(secret.Reveal()));

    /// <exception cref="CryptographicException">As <see cref="Open"/>.</exception>
    public Secret OpenClientSecret(TenantId tenant, ConnectionDefinitionId definition, byte[] sealedSecret) =>
        new(Encoding.UTF8.GetString(ForClient(tenant, definition).Unprotect(sealedSecret)));

    public byte[] SealClientSecret(DevelopmentAppId app, Secret secret) => ForDevelopment(app).Protect(Encoding.UTF8.GetBytes(secret.Reveal()));

    /// <summary>The client secret that a definition authenticates with, its own or that of the development app; null when there is none.</summary>
    /// <exception cref="CryptographicException">As <see cref="Open"/>.</exception>
    public Secret? OpenClientSecret(ConnectionDefinition definition) => definition.OAuthApp switch
    {
        { SealedClientSecret: { } sealedSecret, Development: { } app } => new(Encoding.UTF8.GetString(ForDevelopment(app).Unprotect(sealedSecret))),
        { SealedClientSecret: { } sealedSecret } => OpenClientSecret(definition.Tenant, definition.Id, sealedSecret),
        _ => null,
    };

    internal byte[] SealVerifier(TenantId tenant, ConnectionId connection, string verifier) =>
        ForFlow(tenant, connection).Protect(Encoding.UTF8.GetBytes(verifier));

    internal string OpenVerifier(TenantId tenant, ConnectionId connection, byte[] sealedVerifier) =>
        Encoding.UTF8.GetString(ForFlow(tenant, connection).Unprotect(sealedVerifier));

    private IDataProtector ForConnection(TenantId tenant, ConnectionId connection) => protection.CreateProtector("Recipes.Credential", tenant.Value, connection.ToString());

    private IDataProtector ForClient(TenantId tenant, ConnectionDefinitionId definition) => protection.CreateProtector("Recipes.OAuthApp", tenant.Value, definition.ToString());

    private IDataProtector ForDevelopment(DevelopmentAppId app) => protection.CreateProtector("Recipes.DevelopmentApp", app.ToString());

    private IDataProtector ForFlow(TenantId tenant, ConnectionId connection) => protection.CreateProtector("Recipes.AuthorizationFlow", tenant.Value, connection.ToString());

    private static void Write(Utf8JsonWriter writer, Credential credential)
    {
        writer.WriteStartObject();
        WriteSecrets(writer, "secrets"u8, credential.Secrets);
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
            if (tokens.TokenType is { } type)
                writer.WriteString("tokenType"u8, type);
            if (tokens.IssuedAt is { } issued)
                writer.WriteString("issuedAt"u8, issued);
            if (tokens.RefreshExpiresAt is { } end)
                writer.WriteString("refreshExpiresAt"u8, end);
            if (tokens.RefreshProlongs is { } prolongs)
                writer.WriteBoolean("refreshProlongs"u8, prolongs);
            if (tokens.RequestHash is { } hash)
                writer.WriteString("requestHash"u8, hash);
            if (tokens.Replaced is { } replaced)
            {
                writer.WriteString("replacedToken"u8, replaced.RefreshToken.Reveal());
                writer.WriteString("replacedAt"u8, replaced.At);
            }
            if (tokens.Values.Count > 0)
                WriteSecrets(writer, "values"u8, tokens.Values);
        }

        writer.WriteEndObject();
    }

    private static void WriteSecrets(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, Secret> secrets)
    {
        writer.WriteStartObject(name);
        foreach (var (key, secret) in secrets)
            writer.WriteString(key, secret.Reveal());
        writer.WriteEndObject();
    }

    private static Dictionary<string, Secret> ReadSecrets(JsonElement json) => json.EnumerateObject().ToDictionary(p => p.Name, p => new Secret(p.Value.GetString()!));

    private static Credential Read(JsonElement json)
    {
        var secrets = ReadSecrets(json.GetProperty("secrets"));
        if (!json.TryGetProperty("accessToken", out var access))
            return new Credential { Secrets = secrets };
        var tokens = new TokenSet(
            new Secret(access.GetString()!),
            json.TryGetProperty("refreshToken", out var refresh) ? new Secret(refresh.GetString()!) : null,
            json.TryGetProperty("expiresAt", out var expires) ? expires.GetDateTimeOffset() : null,
            json.TryGetProperty("lifeSpan", out var life) ? TimeSpan.FromSeconds(life.GetDouble()) : null,
            json.TryGetProperty("scope", out var scope) ? scope.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries) : null)
        {
            IssuedAt = json.TryGetProperty("issuedAt", out var issued) ? issued.GetDateTimeOffset() : null,
            RefreshExpiresAt = json.TryGetProperty("refreshExpiresAt", out var end) ? end.GetDateTimeOffset() : null,
            RefreshProlongs = json.TryGetProperty("refreshProlongs", out var prolongs) ? prolongs.GetBoolean() : null,
            TokenType = json.TryGetProperty("tokenType", out var type) ? type.GetString() : null,
            RequestHash = json.TryGetProperty("requestHash", out var hash) ? hash.GetString() : null,
            Replaced = json.TryGetProperty("replacedToken", out var replaced) ? new(new Secret(replaced.GetString()!), json.GetProperty("replacedAt"u8).GetDateTimeOffset()) : null,
            Values = json.TryGetProperty("values", out var values) ? ReadSecrets(values) : new Dictionary<string, Secret>(),
        };
        return new Credential { Secrets = secrets, Tokens = tokens };
    }
}
