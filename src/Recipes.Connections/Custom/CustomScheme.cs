namespace Recipes.Connections;

/// <summary>Fields and what is made of them: all of it is in <see cref="AuthScheme.Apply"/>.</summary>
public sealed record CustomScheme : AuthScheme
{
    /// <inheritdoc/>
    public override RequestAuthenticator CreateAuthenticator(SchemeInputs inputs) => NothingAuthenticator.Instance;
}
