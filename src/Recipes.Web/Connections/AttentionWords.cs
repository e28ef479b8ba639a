namespace Recipes.Web;

/// <summary>What has to be done about connections, as people read it.</summary>
internal static class AttentionWords
{
    /// <summary>Two to four words, for a heading.</summary>
    public static string Of(Attention attention) => attention switch
    {
        Attention.Reauthorise => "To re-authorise",
        Attention.Permissions => "Missing permissions",
        Attention.Address => "Wrong addresses or values",
        Attention.ExpiresSoon => "Access ends soon",
        Attention.Limited => "Limited",
        Attention.BeingChecked => "Being checked",
        Attention.TriedAgain => "App not answering as usual",
        Attention.ProviderIncident => "In a provider's incident",
        Attention.None => "Nothing to do",
        _ => throw new ArgumentOutOfRangeException(nameof(attention), attention, null),
    };

    /// <summary>What to do, in one or two sentences.</summary>
    public static string Guidance(Attention attention) => attention switch
    {
        Attention.Reauthorise => "The password, key or grant no longer works. Recipes cannot use these until somebody authorises them again.",
        Attention.Permissions => "The account is signed in but may not do what the app's check asks for. Verify the user's permissions in the app.",
        Attention.Address => "An address is unknown, its certificate is refused, or there is nothing at it. Check the values of the connection and its definition.",
        Attention.ExpiresSoon => "These work now. Re-authorise them before their access ends, and nothing is interrupted.",
        Attention.Limited => "These work, but some action or permission was refused to the account. Allow it in the app, or re-authorise with the permission.",
        Attention.BeingChecked => "The app refused the credential once. Nothing is sent until a check has cleared or confirmed that.",
        Attention.TriedAgain => "The app cannot be reached, asked for a pause, or answered something unclear. It is tried again by itself.",
        Attention.ProviderIncident => "The app refuses many accounts at once, which looks like trouble of its own. Nothing is held against these; they are checked by themselves once it is over.",
        _ => throw new ArgumentOutOfRangeException(nameof(attention), attention, null),
    };

    /// <summary>As addresses write it: <c>expiresSoon</c>.</summary>
    public static string Name(Attention attention) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(attention.ToString());
}
