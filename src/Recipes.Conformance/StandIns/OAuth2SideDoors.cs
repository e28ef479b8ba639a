using System.Text.Json.Nodes;

namespace Recipes.Conformance;

/// <summary>The lesser endpoints of an authorization server: metadata, pushed requests, device codes, revocation, introspection.</summary>
internal sealed class OAuth2SideDoors(OAuth2StandIn standIn)
{
    public const string RequestUri = "urn:ietf:params:oauth:request_uri:kit";

    public bool Knows(ReceivedRequest request) => IsMetadata(request) || Is(standIn.PushedEndpoint, request) || (standIn.OAuth.Grant == OAuth2Grant.DeviceCode && Is(standIn.DeviceEndpoint, request));

    public StandInReply Answer(Door door, ReceivedRequest request) => door switch
    {
        Door.Revocation => Revoke(request),
        Door.Introspection => Introspect(request),
        _ when IsMetadata(request) => Metadata(),
        _ when Is(standIn.PushedEndpoint, request) => Push(request),
        _ => Device(request),
    };

    private static bool Is(Uri? address, ReceivedRequest request) =>
        address is not null && address.GetLeftPart(UriPartial.Authority).Equals(request.Origin, StringComparison.OrdinalIgnoreCase) && address.AbsolutePath == request.RawPath;

    // RFC 8414 §3.1 puts the well-known piece before the issuer's path, OpenID Connect Discovery §4 behind it.
    private bool IsMetadata(ReceivedRequest request)
    {
        if (standIn.OAuth.Discovery is null || standIn.Issuer is not { } issuer || !issuer.GetLeftPart(UriPartial.Authority).Equals(request.Origin, StringComparison.OrdinalIgnoreCase))
            return false;
        var path = issuer.AbsolutePath.TrimEnd('/');
        return request.RawPath == $"/.well-known/oauth-authorization-server{path}" || request.RawPath == $"{path}/.well-known/openid-configuration";
    }

    private StandInReply Metadata()
    {
        var body = new JsonObject
        {
            ["issuer"] = standIn.OAuth.Discovery!.Render(standIn.Fields),
            ["authorization_endpoint"] = standIn.AuthorizationEndpoint.AbsoluteUri,
            ["token_endpoint"] = standIn.TokenEndpoint.AbsoluteUri,
            ["response_types_supported"] = new JsonArray("code"),
            ["code_challenge_methods_supported"] = new JsonArray("S256"),
        };
        if (standIn.OAuth.Grant == OAuth2Grant.DeviceCode)
            body["device_authorization_endpoint"] = standIn.DeviceEndpoint.AbsoluteUri;
        return StandInReply.Json(200, body);
    }

    private StandInReply Push(ReceivedRequest request)
    {
        var parameters = new OAuth2Parameters(request, new TokenRequestRules());
        standIn.Note(ClientCheck.Check(standIn, request, parameters, standIn.Clock.GetUtcNow()));
        standIn.Pushed = request.Form;
        return StandInReply.Json(201, new JsonObject { ["request_uri"] = RequestUri, ["expires_in"] = 90 });
    }

    private StandInReply Device(ReceivedRequest request)
    {
        if (request.Form.LastOrDefault(p => p.Key == standIn.OAuth.ClientIdParameter).Value != standIn.ClientId && request.Basic is null)
            standIn.Note(new WireFault("the id of the OAuth app in the device authorization request", "it did not come", "Look at 'clientIdParameter'."));
        var code = standIn.HandOut($"device-{SampleAccount.RandomText(24)}");
        standIn.Grants.Add(new Grant { DeviceCode = code, Scopes = request.Form.LastOrDefault(p => p.Key == standIn.OAuth.ScopeParameter).Value?.Split(standIn.OAuth.ScopeSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [] });
        return StandInReply.Json(200, new JsonObject
        {
            ["device_code"] = code,
            ["user_code"] = "KIT-CODE",
            ["verification_uri"] = $"{standIn.DeviceEndpoint.GetLeftPart(UriPartial.Authority)}/activate",
            ["expires_in"] = 600,
            ["interval"] = 5,
        });
    }

    private StandInReply Revoke(ReceivedRequest request)
    {
        var token = request.Form.LastOrDefault(p => p.Key == "token").Value;
        var grant = standIn.Grants.Find(g => token is not null && (g.RefreshToken == token || g.AccessToken == token));
        if (grant is null)
            standIn.Note(new WireFault("'token' with the refresh or access token in the revocation request", token is null ? "it did not come" : "another value came", "Look at 'revocationEndpoint'."));
        else
            grant.IsRevoked = true;
        return StandInReply.Empty(200);
    }

    private StandInReply Introspect(ReceivedRequest request)
    {
        var token = request.Form.LastOrDefault(p => p.Key == "token").Value;
        var grant = token is null ? null : standIn.Live(token) ?? standIn.Grants.Find(g => g.RefreshToken == token && !g.IsRevoked);
        return StandInReply.Json(200, grant is null ? new JsonObject { ["active"] = false } : new JsonObject { ["active"] = true, ["scope"] = string.Join(' ', grant.Scopes), ["client_id"] = standIn.ClientId, ["username"] = ApiAnswers.AccountLabel });
    }
}
