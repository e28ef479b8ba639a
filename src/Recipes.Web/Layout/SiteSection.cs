namespace Recipes.Web;

/// <summary>The parts of the site that the navigation shows.</summary>
public enum SiteSection
{
    None,
    Connections,
    Health,
    Recipes,
    Designer,
    Runs,
    Alerts,
}
