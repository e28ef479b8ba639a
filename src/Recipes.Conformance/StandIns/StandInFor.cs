namespace Recipes.Conformance;

/// <summary>Finds the stand-in for a type of scheme.</summary>
internal static class StandInFor
{
    /// <summary>Null where the kit has none for that type.</summary>
    public static StandIn? Scheme(ConnectorProfile connector, AuthScheme scheme, SampleAccount account, TimeProvider time) => scheme switch
    {
        BasicScheme basic => new BasicStandIn(connector, basic, account, time),
        ApiKeyScheme key => new ApiKeyStandIn(connector, key, account, time),
        CustomScheme or NoneScheme => new ApplyStandIn(connector, scheme, account, time),
        DigestScheme digest => new DigestStandIn(connector, digest, account, time),
        LoginScheme login => new LoginStandIn(connector, login, account, time),
        JwtScheme jwt => new JwtStandIn(connector, jwt, account, time),
        AwsSignatureScheme aws => new AwsStandIn(connector, aws, account, time),
        CodeScheme { Authentication.Name: "edgeGrid" } code => new EdgeGridStandIn(connector, code, account, time),
        OAuth1Scheme oauth => new OAuth1StandIn(connector, oauth, account, time),
        OAuth2Scheme oauth => new OAuth2StandIn(connector, oauth, account, time),
        _ => null,
    };
}
