namespace Recipes.Web;

/// <summary>The steps from an app to an account that recipes can use.</summary>
public enum WizardStep
{
    App,
    SignIn,
    SetUp,
    Account,
    Done,
}
