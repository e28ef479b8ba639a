namespace Recipes.Connections;

/// <summary>An app that asks for no credential.</summary>
public sealed record NoneScheme : AuthScheme
{
    /// <inheritdoc/>
    public override RequestAuthenticator CreateAuthenticator(SchemeInputs inputs) => NothingAuthenticator.Instance;
}
