namespace Recipes.Connections;

/// <summary>An issuer's metadata cannot be had, so there is no address to ask.</summary>
internal sealed class DiscoveryException(Failure failure) : HttpRequestException(failure.Message)
{
    public Failure Failure => failure;
}
