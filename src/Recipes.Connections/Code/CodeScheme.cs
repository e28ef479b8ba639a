namespace Recipes.Connections;

/// <summary>A way to authenticate that is written in C#.</summary>
public sealed record CodeScheme : AuthScheme
{
    public required ICodeAuthentication Authentication { get; init; }

    /// <inheritdoc/>
    public override RequestAuthenticator CreateAuthenticator(SchemeInputs inputs) => Authentication.CreateAuthenticator(inputs);
}
