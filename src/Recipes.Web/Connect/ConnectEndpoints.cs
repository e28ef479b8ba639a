using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

/// <summary>The page where a person connects an account: off to the provider, or a form of fields.</summary>
internal static class ConnectEndpoints
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/connect/{key}", ShowAsync).MayBeEmbedded();
        pages.MapPost("/connect/{key}", ConnectAsync).MayBeEmbedded();
        pages.MapGet("/connections/{id:guid}/consent", AwaitAsync).MayBeEmbedded();
    }

    private static async Task<IResult> ShowAsync(string key, [AsParameters] ConnectQuery query, HttpContext context, ConnectTargets targets, CancellationToken cancellationToken)
    {
        var (model, error) = await targets.FindAsync(context.Caller(), key, query.Connection, query.Owner, cancellationToken);
        return error ?? Show(context, model! with
        {
            Chosen = query.Scopes?.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Return = FlowReturn.Of(query.Recipe, query.Installation, query.InstallationName),
            AcceptsOtherAccount = query.OtherAccount == "true",
            IsWizard = query.Wizard == "1",
        });
    }

    /// <summary>In a frame: leads to the provider in a tab of its own, as providers refuse frames, and waits for what comes of it.</summary>
    private static async Task<IResult> AwaitAsync(Guid id, [AsParameters] ConnectQuery query, HttpContext context, ConnectionSetup setup, ConnectionViews views, ConnectTargets targets, CancellationToken cancellationToken)
    {
        if (await setup.FindAsync(context.Caller(), new(id), cancellationToken) is not { } connection)
            return ConnectionPages.NoSuch();
        if (connection.State is ConnectionState.Connected or ConnectionState.Suspect)
            return new SeeOther(Embedding.Carry(context, ConnectPath.OfConnected(connection.Id, query.Recipe, isWizard: true)));
        var (definition, _, _) = await views.DescribeAsync(connection, cancellationToken);
        var (model, error) = await targets.FindAsync(context.Caller(), definition.Key.Value, id.ToString(), null, cancellationToken);
        if (model is null)
            return error!;
        context.Response.Headers.ContentSecurityPolicy = PagePolicy.WithoutFormAction(context);
        return Page.Of<ConsentPage>(new() { ["Model"] = model with { Chosen = query.Scopes?.Split(' ', StringSplitOptions.RemoveEmptyEntries), Return = FlowReturn.Of(query.Recipe, null, null), IsWizard = true } });
    }

    /// <summary>What the address of the page may say.</summary>
    /// <param name="Scopes">Scopes that are ticked, parted by spaces; the usual ones when left out.</param>
    /// <param name="Recipe">Id of the recipe that it is connected for, for the way back; as are the installation's.</param>
    /// <param name="OtherAccount"><c>true</c> when it may become another account's connection.</param>
    /// <param name="Wizard"><c>1</c> when it is a step of setting an app up.</param>
    private sealed record ConnectQuery(
        [FromQuery] string? Connection, [FromQuery] string? Owner, [FromQuery] string? Scopes, [FromQuery] string? Recipe, [FromQuery] string? Installation, [FromQuery] string? InstallationName,
        [FromQuery] string? OtherAccount, [FromQuery] string? Wizard);

    private static async Task<IResult> ConnectAsync(
        string key, [FromForm] IFormCollection form, HttpContext context, ConnectTargets targets, ConnectionSetup setup, AuthorizationFlows flows, DeviceFlows devices, Prober prober, ReturnAddress back, PublicAddress address, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        var (model, error) = await targets.FindAsync(caller, key, form["connection"], form["owner"], cancellationToken);
        if (model is null)
            return error!;
        var changes = FieldForm.ReadChanges(form, model.AskedFields.Select(f => f.Field));
        model = model with { Values = FieldForm.Plain(model.AskedFields.Select(f => f.Field), changes.Fields), Chosen = ScopeForm.Read(form), Return = FlowReturn.Of(form["recipe"], form["installation"], form["installationName"]), AcceptsOtherAccount = form["otherAccount"] == "true", IsWizard = form["wizard"] == "1" };

        var result = model.Connection is { } existing
            ? await setup.ChangeFieldsAsync(caller, existing.Id, changes, cancellationToken, model.AcceptsOtherAccount)
            : await setup.CreateAsync(caller, new NewConnection { DefinitionKey = key, Owner = model.Owner, Fields = changes.Fields }, cancellationToken);
        switch (result)
        {
            // An address that changed takes consent again, whatever was pressed.
            case SetupResult<Connection>.Done { Value: { State: ConnectionState.Connected or ConnectionState.Suspect } connection } when model.NeedsConsent && form["then"] == "save":
                return new SeeOther($"/connections/{connection.Id}");
            case SetupResult<Connection>.Done { Value: var connection }:
                model = model with { Connection = connection };
                // Providers refuse frames: consent is given in a tab of its own.
                if (model is { NeedsConsent: true, UsesDeviceCode: false } && Embedding.IsOn(context))
                    return new SeeOther(Embedding.Carry(context, ConnectPath.OfConsent(connection.Id, ChosenOf(model), model.Return.Recipe)));
                return model.UsesDeviceCode ? await StartDeviceAsync(context, caller, model, devices, cancellationToken)
                    : model.NeedsConsent ? await LeaveAsync(context, caller, model, flows, address, cancellationToken)
                    : await TestAsync(context, model, setup, caller, prober, back, cancellationToken);
            case SetupResult<Connection>.Invalid invalid:
                return Show(context, model with { Faults = invalid.Faults }, StatusCodes.Status422UnprocessableEntity);
            default:
                return Show(context, model with { Faults = [new("", Problem.From(result).ProblemDetails.Detail ?? "")] }, Problem.From(result).StatusCode);
        }
    }

    private static async Task<IResult> LeaveAsync(HttpContext context, Caller caller, ConnectModel model, AuthorizationFlows flows, PublicAddress address, CancellationToken cancellationToken)
    {
        if (model.Definition is { UsesDevelopmentApp: true, OAuthApp: null })
            return Show(context, model with { Faults = [new("", $"{model.Definition.DisplayName} is build-only, and the operator's development app is not to be had here. Set up an OAuth client of your own at {model.Connector.DisplayName} and give it to the definition.")] }, StatusCodes.Status409Conflict);
        FlowStart start;
        try
        {
            start = await flows.StartAsync(caller, model.Connection!, address.CallbackOf(model.Definition), ChosenOf(model), cancellationToken, model.Return, model.AcceptsOtherAccount);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            return Show(context, model with { Faults = [new("", e.Message)] }, StatusCodes.Status409Conflict);
        }

        switch (start)
        {
            case FlowStart.Started { Flow: var flow }:
                context.Response.Cookies.Append(flow.CookieName, flow.CookieValue.Reveal(), CallbackEndpoint.Cookie(address, flow.CookieExpiresAt));
                return new SeeOther(flow.AuthorizationAddress.AbsoluteUri);
            case FlowStart.Failed { Failure: var failure }:
                return Show(context, model with { StartFailure = failure }, StatusCodes.Status409Conflict);
            default:
                throw new InvalidOperationException($"Unknown start {start.GetType().Name}.");
        }
    }

    private static async Task<IResult> StartDeviceAsync(HttpContext context, Caller caller, ConnectModel model, DeviceFlows devices, CancellationToken cancellationToken)
    {
        try
        {
            return await devices.StartAsync(caller, model.Connection!, ChosenOf(model), cancellationToken, model.Return, model.AcceptsOtherAccount) is DeviceStart.Failed failed
                ? Show(context, model with { StartFailure = failed.Failure }, StatusCodes.Status409Conflict)
                : new SeeOther(Embedding.Carry(context, ConnectPath.OfDevice(model.Connection!.Id)));
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            return Show(context, model with { Faults = [new("", e.Message)] }, StatusCodes.Status409Conflict);
        }
    }

    private static IReadOnlyList<string>? ChosenOf(ConnectModel model) => model.Chosen is { } chosen ? [.. chosen] : null;

    private static async Task<IResult> TestAsync(HttpContext context, ConnectModel model, ConnectionSetup setup, Caller caller, Prober prober, ReturnAddress back, CancellationToken cancellationToken)
    {
        var id = model.Connection!.Id;
        if (await prober.ProbeAsync(id, Actor.Of(caller.User), cancellationToken) is not ProbeResult.Failed failed)
            return new SeeOther((Embedding.IsOn(context) ? null : back.OfSuccess(model.Definition, model.Connection!, model.Return)) ?? Embedding.Carry(context, ConnectPath.OfConnected(id, model.Return.Recipe, model.IsWizard)));
        return Show(context, model with { Connection = await setup.FindAsync(caller, id, cancellationToken), Failure = failed.Failure }, StatusCodes.Status422UnprocessableEntity);
    }

    private static IResult Show(HttpContext context, ConnectModel model, int status = StatusCodes.Status200OK)
    {
        // Browsers apply form-action to the redirects after a form as well, and where a provider sends people on to nobody knows.
        if (model.NeedsConsent)
            context.Response.Headers.ContentSecurityPolicy = PagePolicy.WithoutFormAction(context);
        else if (model.Definition.SuccessAddress is { } elsewhere)
            context.Response.Headers.ContentSecurityPolicy = PagePolicy.WithFormTo(context, elsewhere);
        return Page.Of<ConnectPage>(new() { ["Model"] = model }, status);
    }
}
