namespace Recipes.Engine;

/// <summary>Where webhooks reach this installation.</summary>
public interface IHookAddress
{
    /// <param name="path">The part that nobody can guess.</param>
    Uri Of(string path);
}
