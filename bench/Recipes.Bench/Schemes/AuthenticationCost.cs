namespace Recipes.Bench;

/// <summary>What it costs to authenticate one request, by every kind of scheme.</summary>
internal static class AuthenticationCost
{
    public static async Task RunAsync()
    {
        await ApplyCost.RunAsync();
        await OAuth1Cost.RunAsync();
        await SigningCost.RunAsync();
    }
}
