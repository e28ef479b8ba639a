using Recipes.Connections;

namespace Recipes.Connectors.Tests;

public sealed class BuiltInTests
{
    private static readonly ConnectorCatalogue s_catalogue = ConnectorCatalogue.Load([]);

    [Fact]
    public void The_sandbox_has_three_schemes_and_its_actions()
    {
        var crm = s_catalogue.Find("sandbox-crm").ShouldNotBeNull();

        crm.Profile.Schemes.Select(s => s.GetType()).ShouldBe([typeof(OAuth2Scheme), typeof(BasicScheme), typeof(ApiKeyScheme)]);
        crm.Profile.BaseAddress.Render(new Dictionary<string, string> { ["address"] = "http://127.0.0.1:4010" }).ShouldBe("http://127.0.0.1:4010/api");
        crm.Actions.Select(a => a.Type).ShouldBe(
        [
            "SandboxCrm.FindAccount", "SandboxCrm.ListAccounts", "SandboxCrm.CreateOpportunity", "SandboxCrm.FindOpportunity", "SandboxCrm.ListOpportunities",
            "SandboxCrm.ReadForecast", "SandboxCrm.CreateNotification", "SandboxCrm.SendRequest",
        ]);
    }

    [Fact]
    public void Actions_are_found_by_their_exact_type_and_suggested_by_a_near_one()
    {
        s_catalogue.FindAction("SandboxCrm.CreateOpportunity").ShouldNotBeNull();
        s_catalogue.FindAction("sandboxcrm.createopportunity").ShouldBeNull();
        s_catalogue.SuggestAction("SandboxCRM.CreateOportunity").ShouldBe("SandboxCrm.CreateOpportunity");
        s_catalogue.SuggestAction("Elsa.Flowchart").ShouldBeNull();
    }

    [Fact]
    public void Connections_find_the_profile()
    {
        IConnectorProfiles profiles = s_catalogue;

        profiles.Find("oauth2")!.FindScheme("oauth2-body").ShouldBeOfType<OAuth2Scheme>().ClientAuthentication.ShouldBe(ClientAuthentication.Body);
        profiles.Find("oauth1")!.Schemes.Cast<OAuth1Scheme>().Select(s => (s.Flow, s.SignatureMethod)).ShouldBe(
        [
            (OAuth1Flow.ThreeLegged, OAuth1SignatureMethod.HmacSha1), (OAuth1Flow.ThreeLegged, OAuth1SignatureMethod.HmacSha256), (OAuth1Flow.ThreeLegged, OAuth1SignatureMethod.RsaSha1),
            (OAuth1Flow.Token, OAuth1SignatureMethod.HmacSha1), (OAuth1Flow.Token, OAuth1SignatureMethod.HmacSha256),
        ]);
        profiles.Find("absent").ShouldBeNull();
    }
}
