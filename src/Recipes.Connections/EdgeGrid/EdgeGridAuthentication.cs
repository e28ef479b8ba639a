namespace Recipes.Connections;

/// <summary>Akamai's EdgeGrid, EG1-HMAC-SHA256.</summary>
/// <remarks>Source: "Authenticate with EdgeGrid" and its signature algorithm, in Akamai's developer documentation.</remarks>
internal sealed class EdgeGridAuthentication : ICodeAuthentication
{
    public string Name => "edgeGrid";

    public IReadOnlyList<Field> Fields { get; } =
    [
        new() { Name = "clientToken", Label = "client_token", Kind = FieldKind.Secret },
        new() { Name = "clientSecret", Label = "client_secret", Kind = FieldKind.Secret },
        new() { Name = "accessToken", Label = "access_token", Kind = FieldKind.Secret },
    ];

    public RequestAuthenticator CreateAuthenticator(SchemeInputs inputs) =>
        new EdgeGridAuthenticator(inputs.Needed("clientToken"), inputs.Needed("clientSecret"), inputs.Needed("accessToken"), inputs.Time);
}
