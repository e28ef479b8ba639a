namespace Recipes.Connections;

/// <summary>User name and password, of which only a hash over a challenge of the app is sent.</summary>
/// <remarks>Source: RFC 7616; RFC 2617 for servers without <c>qop</c>.</remarks>
public sealed record DigestScheme : AuthScheme
{
    /// <summary>Field that holds the user name; it is a plain field or a secret one.</summary>
    public string UsernameField { get; init; } = "username";

    /// <summary>Field that holds the password.</summary>
    public string PasswordField { get; init; } = "password";

    /// <inheritdoc/>
    public override RequestAuthenticator CreateAuthenticator(SchemeInputs inputs) =>
        new DigestAuthenticator(inputs.Needed(UsernameField), inputs.Credential.Secrets.GetValueOrDefault(PasswordField)?.Reveal() ?? "");
}
