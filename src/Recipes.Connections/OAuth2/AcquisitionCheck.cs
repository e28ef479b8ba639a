namespace Recipes.Connections;

/// <summary>Puts a token request together without sending it, so that whoever connects hears at once what cannot work.</summary>
internal static class AcquisitionCheck
{
    private static readonly Uri s_somewhere = new("https://token.invalid/");

    /// <exception cref="FormatException">When a value is missing, or a key is none.</exception>
    public static void Run(OAuth2Account account)
    {
        var request = new OAuth2Request(s_somewhere, "The token endpoint");
        GrantParameters.AddAcquisition(request, account);
        if (account.OwnsClient && account.Client is null)
            throw new FormatException($"The field '{account.Scheme.ClientIdField}' has no value.");
        if (account is { OwnsClient: true, Client.Secret: { } secret } && ClientKeys.Check(account.Scheme, secret) is { } wrong)
            throw new FormatException(wrong);
        request.Follow(account.Scheme.TokenRequest, account.NewScope());
    }
}
