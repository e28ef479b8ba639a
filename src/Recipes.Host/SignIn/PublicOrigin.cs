using Microsoft.Extensions.Options;

namespace Recipes.Host;

/// <summary>What is known of the public origin before the host listens.</summary>
internal sealed class PublicOrigin(IOptions<RecipesHostOptions> options)
{
    public bool IsHttps => options.Value.PublicOriginUri?.Scheme == Uri.UriSchemeHttps;
}
