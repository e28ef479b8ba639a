using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Recipes.Connectors;

namespace Recipes.Web;

/// <summary>The pages of OAuth apps for development.</summary>
internal static class OAuthAppPages
{
    private const string List = "/connections/oauth-apps";

    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet(List, ListAsync);
        pages.MapGet($"{List}/new", New);
        pages.MapPost($"{List}/new", CreateAsync);
        pages.MapGet($"{List}/{{id:guid}}", ShowAsync);
        pages.MapPost($"{List}/{{id:guid}}", ChangeAsync);
        pages.MapPost($"{List}/{{id:guid}}/remove", RemoveAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext context, DevelopmentApps apps, Galleries galleries, IConnectorProfiles connectors, PublicAddress address, CancellationToken cancellationToken)
    {
        if (await apps.ListAsync(context.Caller(), cancellationToken) is not SetupResult<IReadOnlyList<DevelopmentApp>>.Done { Value: var all })
            return Refused();
        return Page.Of<OAuthAppsPage>(new()
        {
            ["Apps"] = all,
            ["Possible"] = (IReadOnlyList<(ConnectorProfile, AuthScheme)>)[.. from connector in await galleries.FindAsync(context.Caller(), cancellationToken)
                                                                             orderby connector.Profile.DisplayName
                                                                             from scheme in connector.Profile.Schemes
                                                                             where scheme.NeedsClient && !all.Any(a => a.Connector == connector.Profile.Name && a.Scheme == scheme.Name)
                                                                             select (connector.Profile, scheme)],
            ["Connectors"] = connectors,
            ["Address"] = address,
            ["AreAllowed"] = apps.AreAllowed,
        });
    }

    private static IResult New([FromQuery] string? app, HttpContext context, IConnectorProfiles connectors, PublicAddress address)
    {
        if (!context.Caller().Has(Privileges.ManageDevelopmentApps))
            return Refused();
        return FormOf(app, connectors, address) is { } form ? Page.Of<OAuthAppPage>(new() { ["Model"] = form }) : NoSuchConnector();
    }

    private static async Task<IResult> CreateAsync([FromForm] IFormCollection form, HttpContext context, DevelopmentApps apps, IConnectorProfiles connectors, PublicAddress address, CancellationToken cancellationToken)
    {
        if (FormOf(form["app"], connectors, address) is not { } model)
            return NoSuchConnector();
        var presets = FieldForm.Read(form).ToDictionary(f => f.Key, f => f.Value.Reveal());
        var asked = new NewDevelopmentApp { Connector = model.Connector.Name, Scheme = model.Scheme.Name, ClientId = form["clientId"], ClientSecret = SecretOf(form), Presets = presets };
        var result = await apps.CreateAsync(context.Caller(), asked, cancellationToken);
        return result is SetupResult<DevelopmentApp>.Done ? new SeeOther(List) : NotDone(result, model with { ClientId = asked.ClientId, Presets = presets });
    }

    private static async Task<IResult> ShowAsync(Guid id, HttpContext context, DevelopmentApps apps, IConnectorProfiles connectors, PublicAddress address, CancellationToken cancellationToken) =>
        await FindAsync(id, context, apps, connectors, address, cancellationToken) is var (model, error) && model is not null ? Page.Of<OAuthAppPage>(new() { ["Model"] = model }) : error!;

    private static async Task<IResult> ChangeAsync(
        Guid id, [FromForm] IFormCollection form, HttpContext context, DevelopmentApps apps, IConnectorProfiles connectors, PublicAddress address, CancellationToken cancellationToken)
    {
        var (model, error) = await FindAsync(id, context, apps, connectors, address, cancellationToken);
        if (model is null)
            return error!;
        var secret = SecretOf(form);
        var change = new DevelopmentAppChange { ClientId = form["clientId"].ToString(), ClientSecret = secret, RemovesClientSecret = secret is null && form["removeSecret"] == "true" };
        var result = await apps.ChangeAsync(context.Caller(), new(id), change, cancellationToken);
        return result is SetupResult<DevelopmentApp>.Done ? new SeeOther(List) : NotDone(result, model with { ClientId = change.ClientId });
    }

    // The form says nothing but its token; reading it as a form is what has the token checked.
    private static async Task<IResult> RemoveAsync(
        Guid id, [FromForm] IFormCollection form, HttpContext context, DevelopmentApps apps, IConnectorProfiles connectors, PublicAddress address, CancellationToken cancellationToken)
    {
        var (model, error) = await FindAsync(id, context, apps, connectors, address, cancellationToken);
        if (model is null)
            return error!;
        var result = await apps.RemoveAsync(context.Caller(), new(id), cancellationToken);
        return result is SetupResult<DevelopmentApp>.Done ? new SeeOther(List) : NotDone(result, model);
    }

    private static async Task<(OAuthAppForm? Model, IResult? Error)> FindAsync(
        Guid id, HttpContext context, DevelopmentApps apps, IConnectorProfiles connectors, PublicAddress address, CancellationToken cancellationToken)
    {
        switch (await apps.FindAsync(context.Caller(), new(id), cancellationToken))
        {
            case SetupResult<DevelopmentApp>.Done { Value: var app }:
                return FormOf($"{app.Connector}/{app.Scheme}", connectors, address) is { } form ? (form with { App = app }, null) : (null, NoSuchConnector());
            case SetupResult<DevelopmentApp>.Forbidden:
                return (null, Refused());
            default:
                return (null, Page.Of<ErrorPage>(new() { ["Title"] = "There is no such app", ["Detail"] = "The address is wrong, or it was removed.", ["BackTo"] = List, ["BackLabel"] = "To the apps" }, StatusCodes.Status404NotFound));
        }
    }

    /// <param name="app">Connector and scheme, parted by a slash.</param>
    private static OAuthAppForm? FormOf(string? app, IConnectorProfiles connectors, PublicAddress address)
    {
        if (app?.Split('/') is not [var name, var way] || connectors.Find(name) is not { } connector || connector.FindScheme(way) is not { NeedsClient: true } scheme)
            return null;
        return new() { Connector = connector, Scheme = scheme, Callback = address.CallbackOfDevelopmentApp(connector.Name, scheme.Name) };
    }

    private static Secret? SecretOf(IFormCollection form) => form["clientSecret"].ToString().Trim().ReplaceLineEndings("\n") is { Length: > 0 } text ? new Secret(text) : null;

    private static IResult NotDone(SetupResult<DevelopmentApp> result, OAuthAppForm model)
    {
        if (result is SetupResult<DevelopmentApp>.Forbidden)
            return Refused();
        var faults = result is SetupResult<DevelopmentApp>.Invalid invalid ? invalid.Faults : [new("", Problem.From(result).ProblemDetails.Detail ?? "")];
        return Page.Of<OAuthAppPage>(new() { ["Model"] = model with { Faults = faults } }, result is SetupResult<DevelopmentApp>.Invalid ? StatusCodes.Status422UnprocessableEntity : Problem.From(result).StatusCode);
    }

    private static IResult Refused() =>
        Page.Of<ErrorPage>(new() { ["Title"] = "This is not permitted", ["Detail"] = "OAuth apps for development belong to the installation: they take the privilege to manage development apps." }, StatusCodes.Status403Forbidden);

    private static IResult NoSuchConnector() =>
        Page.Of<ErrorPage>(new() { ["Title"] = "There is no such connector", ["Detail"] = "The address is wrong, or the connector's file is not loaded, or it takes no OAuth client.", ["BackTo"] = List, ["BackLabel"] = "To the apps" }, StatusCodes.Status404NotFound);
}
