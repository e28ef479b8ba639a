using Recipes.Connections;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>A connection that a recipe needs, as its page shows it.</summary>
/// <param name="Definition">Null as long as nobody has set one up under the key.</param>
/// <param name="App">Name of the app, for people.</param>
/// <param name="Bound">The connection that a call by the reader would use; null when it would be refused.</param>
/// <param name="Warning">Why it is of the wrong kind for this installation.</param>
public sealed record RecipeConnection(NeededConnection Needed, ConnectionDefinition? Definition, string App, Connection? Bound, string? Warning)
{
    public Health Health => Bound is { } bound ? bound.Health : Definition is null ? Health.Grey : Health.Red;

    public string State => Bound is { } bound ? HealthWords.Of(bound) : Definition is null ? "To be set up" : "Missing";

    /// <summary>Where a person with these privileges puts it right; null when it is fine, or not theirs to do.</summary>
    public (string Words, string Path)? Mend(Caller caller, string recipe)
    {
        if (Bound is not null)
            return null;
        if (Definition is null)
            return caller.Has(Privileges.ManageDefinitions) ? ("Set it up", new WizardGoal(Needed.Key.Value, recipe).Path(("connector", Needed.Connector))) : null;
        if (Needed.Missing?.AuthorizePath is not { } path)
            return null;
        // The page behind the path refuses those who lack the privilege.
        var isNamed = path.Contains("connection=", StringComparison.Ordinal);
        var isOrganisations = Needed.Policy == RuntimeUserPolicy.Off || path.EndsWith("owner=organisation", StringComparison.Ordinal);
        return (isNamed || caller.Has(Privileges.CreateConnections)) && (!isOrganisations || caller.Has(Privileges.ManageConnections)) ? (isNamed ? "Re-authorise" : "Connect", RecipeWords.AuthorizePath(path, recipe)) : null;
    }

    /// <summary>What others have to do, where the reader cannot.</summary>
    public string AskSomebody => Needed.Missing?.AuthorizePath is null ? "" : "Ask an operator to connect it.";
}
