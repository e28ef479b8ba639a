namespace Recipes.Web;

/// <summary>Where browsers and providers reach this installation.</summary>
/// <param name="origin">Scheme, host and port; asked late, as a listening address is only known once the host listens.</param>
public sealed class PublicAddress(Func<Uri> origin)
{
    public Uri Origin => origin();

    /// <param name="path">Path and query, beginning with a slash.</param>
    public Uri Of(string path) => new(origin(), path);

    /// <summary>The redirect address of a definition, exactly as it has to be registered at the provider.</summary>
    public Uri CallbackOf(ConnectionDefinition definition) => Of($"/oauth/callback/{definition.CallbackSlug}");

    /// <summary>The redirect address of all definitions that work on a development app.</summary>
    public Uri CallbackOf(DevelopmentApp app) => Of($"/oauth/callback/{app.CallbackSlug}");

    /// <inheritdoc cref="CallbackOf(DevelopmentApp)"/>
    public Uri CallbackOfDevelopmentApp(string connector, string scheme) => Of($"/oauth/callback/{DevelopmentApp.CallbackSlugOf(connector, scheme)}");
}
