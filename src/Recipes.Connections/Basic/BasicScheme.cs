using System.Net.Http.Headers;
using System.Text;

namespace Recipes.Connections;

/// <summary>User name and password in the Authorization header.</summary>
/// <remarks>Source: RFC 7617, with charset UTF-8.</remarks>
public sealed record BasicScheme : AuthScheme
{
    /// <summary>Field that holds the user name; it is a plain field or a secret one.</summary>
    public string UsernameField { get; init; } = "username";

    /// <summary>Field that holds the password.</summary>
    public string PasswordField { get; init; } = "password";

    /// <inheritdoc/>
    public override RequestAuthenticator CreateAuthenticator(SchemeInputs inputs)
    {
        var username = inputs.Needed(UsernameField);
        if (username.Contains(':', StringComparison.Ordinal))
            throw new FormatException($"The field '{UsernameField}' contains a colon, which basic authentication cannot send.");
        var password = inputs.Credential.Secrets.GetValueOrDefault(PasswordField)?.Reveal() ?? "";
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"));
        return new HeaderAuthenticator(new AuthenticationHeaderValue("Basic", pair));
    }
}
