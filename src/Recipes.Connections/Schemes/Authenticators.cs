namespace Recipes.Connections;

/// <summary>Makes the authenticator of a scheme together with what it declares to put on requests besides.</summary>
internal static class Authenticators
{
    /// <exception cref="FormatException">When the fields or the credential lack something the scheme needs.</exception>
    public static RequestAuthenticator Create(AuthScheme scheme, SchemeInputs inputs)
    {
        var own = scheme.CreateAuthenticator(inputs);
        return scheme.Apply is { } rules ? new ApplyAuthenticator(rules, inputs, own) : own;
    }
}
