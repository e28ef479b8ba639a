using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Webhooks reach us where browsers do.</summary>
internal sealed class HookAddress(PublicAddress address) : IHookAddress
{
    public Uri Of(string path) => address.Of($"{HookEndpoint.Path}/{path}");
}
