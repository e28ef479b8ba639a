using Recipes.CommandLine;
using Recipes.Testing;

namespace Recipes.Conformance.Tests;

/// <summary>Connector files in a folder that is gone after the test, and what the command says of them.</summary>
internal sealed class CheckedFiles : IDisposable
{
    /// <summary>A connector without faults.</summary>
    public const string Key = """
        connector: 1
        name: acme
        displayName: Acme
        baseAddress: https://api.acme.example/v2
        schemes:
          - { name: key, type: apiKey, in: header, parameterName: X-Acme-Key, prefix: "Key ", revoke: { method: DELETE, path: /keys/current } }
        probe: { path: /me, accountLabel: user.email }
        errors:
          - { status: 400, bodyPath: code, pattern: "^key_revoked$", kind: modifiedCredentials }
          - { status: 400, bodyPath: code, pattern: "^(quota|too_many)", kind: rateLimited }
        """;

    /// <summary>A connector with some of the deviations of OAuth 2.0, without faults.</summary>
    public const string OAuth = """
        connector: 1
        name: acme
        displayName: Acme
        baseAddress: https://api.acme.example/v2
        schemes:
          - name: sign-in
            type: oauth2
            authorizationEndpoint: https://acme.example/authorize
            tokenEndpoint: https://acme.example/token
            revocationEndpoint: https://acme.example/revoke
            clientAuthentication: body
            scopes: [read, write]
            scopeSeparator: ","
            tokenRequest: { body: json }
            tokenResponse: { accessToken: data.token, refreshToken: data.refresh, expiresIn: data.ttl, expiryUnit: minutes }
        probe: { path: /me, accountLabel: user.email }
        """;

    private readonly TempFolder _folder = new();

    public string Folder => _folder.Path;

    public string Add(string name, string text)
    {
        var path = _folder.Combine(name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>What the kit finds; the stand-in goes by the words of another text where one is given.</summary>
    public async Task<ConnectorReport> CheckAsync(string connector, string? provider = null)
    {
        var check = new ConnectorCheck { ProviderFile = provider is null ? null : Add("provider.yaml", provider) };
        return await check.CheckAsync(Add("acme.yaml", connector), CancellationToken.None);
    }

    /// <summary>What the command answers and prints.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await RecipesCommand.RunAsync(arguments, output, error, CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }

    public void Dispose() => _folder.Dispose();
}
