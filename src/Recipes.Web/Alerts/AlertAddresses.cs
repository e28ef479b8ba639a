namespace Recipes.Web;

/// <summary>The pages that alerts lead to, under the public origin.</summary>
internal sealed class AlertAddresses(PublicAddress address) : IAlertPages
{
    public Uri Of(ConnectionId connection) => address.Of($"/connections/{connection}");

    public Uri Of(ConnectionDefinition definition) => address.Of($"/connections/definitions/{definition.Key}");

    public Uri Health => address.Of(HealthPages.Path);

    public Uri Alerts => address.Of("/alerts");
}
