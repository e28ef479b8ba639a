using Microsoft.AspNetCore.Http;

namespace Recipes.Web;

/// <summary>Shows the form for a new connection definition, and before it the choice how accounts sign in.</summary>
internal sealed class SetupForms(IConnectorProfiles connectors, DevelopmentApps apps, PublicAddress address)
{
    /// <param name="scheme">Null where it is still to be chosen.</param>
    /// <param name="asked">What was typed and not taken, with <paramref name="faults"/>.</param>
    public async Task<IResult> ShowAsync(Caller caller, string connector, string? scheme, NewConnectionDefinition? asked, IReadOnlyList<SetupFault>? faults, CancellationToken cancellationToken)
    {
        if (!caller.Has(Privileges.ManageDefinitions))
            return Page.Of<ErrorPage>(new() { ["Title"] = "This is not permitted", ["Detail"] = "Setting up an app takes the privilege to manage definitions." }, StatusCodes.Status403Forbidden);
        var found = connectors.Find(connector);
        if (found is not null && scheme is null && found.Schemes.Count > 1)
            return Page.Of<SchemePage>(new() { ["Connector"] = found });
        if (found is null || (scheme is null ? found.Schemes.FirstOrDefault() : found.FindScheme(scheme)) is not { } way)
            return Page.Of<ErrorPage>(new() { ["Title"] = "There is no such connector", ["Detail"] = "The address is wrong, or the connector's file is not loaded.", ["BackTo"] = "/connections/new" }, StatusCodes.Status404NotFound);
        var model = new SetupModel
        {
            Connector = found,
            Scheme = way,
            CallbackStart = address.Of("/oauth/callback/"),
            DevelopmentApp = way.NeedsClient ? await apps.FindUsableAsync(found.Name, way.Name, cancellationToken) : null,
            Asked = asked,
            Faults = faults ?? [],
        };
        return Page.Of<SetupPage>(new() { ["Model"] = model }, faults is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }
}
