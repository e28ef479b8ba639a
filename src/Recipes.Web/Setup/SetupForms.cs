using Microsoft.AspNetCore.Http;

namespace Recipes.Web;

/// <summary>Shows the form for a connection definition, and before it the choice how accounts sign in.</summary>
internal sealed class SetupForms(IConnectionStore store, IConnectorProfiles connectors, DevelopmentApps apps, PublicAddress address)
{
    private const int MostKeys = 1000;

    /// <param name="scheme">Null where it is still to be chosen.</param>
    /// <param name="asked">What was typed and not taken, with <paramref name="faults"/>.</param>
    /// <param name="definition">The one that is changed; null for a new one.</param>
    public async Task<IResult> ShowAsync(
        Caller caller, string connector, string? scheme, WizardGoal goal, CancellationToken cancellationToken,
        ConnectionDefinition? definition = null, NewConnectionDefinition? asked = null, IReadOnlyList<SetupFault>? faults = null)
    {
        if (!caller.Has(Privileges.ManageDefinitions))
            return Page.Of<ErrorPage>(new() { ["Title"] = "This is not permitted", ["Detail"] = "Setting up an app takes the privilege to manage definitions." }, StatusCodes.Status403Forbidden);
        var found = connectors.Find(connector);
        if (found is not null && scheme is null && found.Schemes.Count > 1)
            return Page.Of<SchemePage>(new() { ["Connector"] = found, ["Goal"] = goal });
        if (found is null || (scheme is null ? found.Schemes.FirstOrDefault() : found.FindScheme(scheme)) is not { } way)
            return Page.Of<ErrorPage>(new() { ["Title"] = "There is no such connector", ["Detail"] = "The address is wrong, or the connector's file is not loaded.", ["BackTo"] = "/connections/new" }, StatusCodes.Status404NotFound);
        var model = new SetupModel
        {
            Connector = found,
            Scheme = way,
            Goal = goal,
            CallbackStart = address.Of("/oauth/callback/"),
            DevelopmentApp = way.NeedsClient ? await apps.FindUsableAsync(found.Name, way.Name, cancellationToken) : null,
            Definition = definition,
            FreeKey = await FreeKeyAsync(caller, found.Name, cancellationToken),
            Asked = asked,
            Faults = faults ?? [],
        };
        return Page.Of<SetupPage>(new() { ["Model"] = model }, faults is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }

    private async Task<string> FreeKeyAsync(Caller caller, string connector, CancellationToken cancellationToken)
    {
        var taken = (await store.ListDefinitionsAsync(caller.Tenant, cancellationToken)).Select(d => d.Key.Value).ToHashSet();
        var stem = connector[..Math.Min(connector.Length, 58)];
        return Enumerable.Range(1, MostKeys).Select(n => n == 1 ? stem : $"{stem}-{n}").FirstOrDefault(k => !taken.Contains(k)) ?? stem;
    }
}
