using System.Text.RegularExpressions;
using Recipes.Testing;

namespace Recipes.Connections.Tests;

/// <summary>The authorization server under a connector with values to fill in beside the consent.</summary>
internal static class ConsentApp
{
    public const string Definition = "crm";

    /// <param name="tokenEndpoint">Another token endpoint, with fields in it.</param>
    public static ConnectorProfile Profile(OidcProvider provider, string? tokenEndpoint = null)
    {
        var profile = Profiles.Oidc(provider);
        return profile with
        {
            BaseAddress = FieldTemplate.Parse("{{fields.server}}"),
            Fields =
            [
                new() { Name = "server", Label = "Server", Kind = FieldKind.Url, Default = provider.Issuer.AbsoluteUri },
                new() { Name = "note", Label = "Note", Required = false },
                new() { Name = "site", Label = "Site", Automatic = true, Required = false },
            ],
            Schemes =
            [
                (OAuth2Scheme)profile.Schemes[0] with
                {
                    TokenEndpoint = FieldTemplate.Parse(tokenEndpoint ?? provider.TokenEndpoint.AbsoluteUri),
                    Fields = [new() { Name = "gatewayKey", Label = "Gateway key", Kind = FieldKind.Secret, Required = false }],
                    Captures = [new("site", null, CaptureSource.TokenReply, "site", Pattern("[a-z]+"), Required: false), new(null, "session", CaptureSource.TokenReply, "session", Pattern("[a-z0-9]+"), Required: false)],
                },
            ],
        };
    }

    public static Task<ConnectionsHarness> StartAsync(OidcProvider provider, TimeProvider? clock = null, string? tokenEndpoint = null, string tenantKind = "development") =>
        ConnectionsHarness.StartAsync(new Profiles(Profile(provider, tokenEndpoint)), [provider.Issuer.Authority], clock, more: ("Tenant:Kind", tenantKind));

    /// <summary>A client of the provider, a definition with it, and a connection that somebody consented to.</summary>
    public static async Task<ConnectionId> ConsentAsync(ConnectionsHarness harness, OidcProvider provider, Dictionary<string, string> fields)
    {
        var (client, secret, key) = ($"client-{Guid.NewGuid():N}", harness.NewSecret("client secret"), $"crm-{Guid.NewGuid():N}");
        await provider.AddClientAsync(client, secret, "client_secret_basic", ConnectionsHarness.Callback(key).AbsoluteUri);
        await harness.DefineAsync(key, "oidc", "basic", clientId: client, clientSecret: secret);
        var id = await harness.ConnectAsync(key, fields);
        (await harness.AuthorizeAsync(id)).ShouldBeOfType<FlowOutcome.Connected>();
        return id;
    }

    public static FieldChanges Changes(params (string Name, string? Value)[] values) => new(
        values.Where(v => v.Value is not null).ToDictionary(v => v.Name, v => new Secret(v.Value!)), [.. values.Where(v => v.Value is null).Select(v => v.Name)]);

    private static Regex Pattern(string text) => new(text, RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
}
