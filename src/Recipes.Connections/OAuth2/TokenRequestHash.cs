using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Recipes.Connections;

/// <summary>
/// Hash of all that decides which token a grant without a person brings: endpoint, client, secret, scopes, what is signed or exchanged, further parameters
/// and headers. Two requests with the same hash differ in the moment and in random values alone.
/// </summary>
internal static class TokenRequestHash
{
    /// <returns>Base64 of SHA-256. It is kept with the credential, sealed.</returns>
    /// <exception cref="CryptographicException">When the client secret cannot be opened with this key ring.</exception>
    public static string Of(OAuth2Account account)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var scheme = account.Scheme;
        // What the reply itself fills in decides nothing of the request before it.
        account = account with { Fields = account.Fields.Where(f => !account.Connector.IsCaptured(scheme, f.Key)).ToDictionary() };
        var scope = account.NewScope();
        Add(hash, scheme.Grant.ToString(), scheme.ClientAuthentication.ToString(), scheme.TokenRequest.Method.Method, scheme.TokenRequest.Body.ToString());
        Add(hash, scheme.TokenEndpoint?.RenderOrNull(account.Fields), scheme.Discovery?.RenderOrNull(account.Fields), scheme.Issuer?.RenderOrNull(account.Fields));
        Add(hash, account.Client?.Id, account.Client?.Secret?.Reveal(), scheme.ClientIdParameter, scheme.ClientSecretParameter);
        Add(hash, scheme.ScopeParameter, scheme.ScopeSeparator, string.Join('\n', account.Scopes));
        foreach (var resource in scheme.Resources)
            Add(hash, resource.RenderOrNull(account.Fields));
        if (scheme.Grant == OAuth2Grant.Password)
            Add(hash, scope.Inputs.Value(scheme.UsernameField), scope.Inputs.Value(scheme.PasswordField));
        if (scheme.Grant == OAuth2Grant.JwtBearer && scheme.Assertion is { } assertion)
            AddAssertion(hash, assertion, scope);
        if (scheme.ClientAuthentication is ClientAuthentication.PrivateKeyJwt or ClientAuthentication.ClientSecretJwt)
            AddAssertion(hash, scheme.ClientAssertion, scope);
        foreach (var template in scheme.TokenExchange?.Templates ?? [])
            Add(hash, template, scope);
        foreach (var (name, template) in scheme.TokenRequest.Parameters.Concat(scheme.TokenRequest.Headers))
        {
            Add(hash, name);
            Add(hash, template, scope);
        }

        foreach (var name in scheme.TokenRequest.Omit)
            Add(hash, name);
        return Convert.ToBase64String(hash.GetHashAndReset());
    }

    private static void AddAssertion(IncrementalHash hash, AssertionRules rules, CredentialScope scope)
    {
        Add(hash, rules.Algorithm, rules.ScopeClaim, rules.KeyField, rules.KeyField is null ? null : scope.Inputs.Value(rules.KeyField));
        foreach (var template in (CredentialTemplate?[])[rules.KeyId, rules.Issuer, rules.Subject, rules.Audience])
            Add(hash, template, scope);
        foreach (var (name, template) in rules.Claims.Concat(rules.Header))
        {
            Add(hash, name);
            Add(hash, template, scope);
        }
    }

    // Not what it renders: that may hold the moment. What it reads decides; tokens, which come out of the request, do not.
    private static void Add(IncrementalHash hash, CredentialTemplate? template, CredentialScope scope)
    {
        Add(hash, template?.Source);
        foreach (var (root, name) in template?.Paths ?? [])
            Add(hash, root == "tokens" ? null : scope.Find(root, name));
    }

    // Each with its length, so that no two lists of texts look alike.
    private static void Add(IncrementalHash hash, params ReadOnlySpan<string?> texts)
    {
        Span<byte> length = stackalloc byte[4];
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text ?? "");
            BinaryPrimitives.WriteInt32LittleEndian(length, text is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }
}
