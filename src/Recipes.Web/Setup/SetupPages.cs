using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Recipes.Connectors;

namespace Recipes.Web;

/// <summary>Choosing what to connect, and setting up definitions.</summary>
internal static class SetupPages
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/connections/new", NewAsync);
        pages.MapPost("/connections/new", CreateAsync);
        pages.MapGet("/connections/definitions/{key}", DefinitionAsync);
        pages.MapPost("/connections/definitions/{key}", ReplaceClientAsync);
        pages.MapPost("/connections/definitions/{key}/settings", ChangeSettingsAsync);
        pages.MapGet("/connections/definitions/{key}/delete", AskToDeleteAsync);
        pages.MapPost("/connections/definitions/{key}/delete", DeleteAsync);
    }

    private static async Task<IResult> NewAsync(
        [FromQuery] string? connector, [FromQuery] string? scheme, [FromQuery] string? find, HttpContext context,
        IConnectionStore store, ConnectorCatalogue catalogue, SetupForms forms, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (connector is not null)
            return await forms.ShowAsync(caller, connector, scheme, null, null, cancellationToken);
        return Page.Of<NewPage>(new()
        {
            ["Caller"] = caller,
            ["Definitions"] = await store.ListDefinitionsAsync(caller.Tenant, cancellationToken),
            ["Connectors"] = catalogue.Connectors.Select(c => c.Profile).OrderBy(c => c.DisplayName, StringComparer.OrdinalIgnoreCase).ToList(),
            ["Faults"] = catalogue.Faults,
            ["Find"] = find,
        });
    }

    private static async Task<IResult> CreateAsync(
        [FromForm] IFormCollection form, HttpContext context, DefinitionSetup setup, SetupForms forms, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        string? Text(string name) => form[name] is [{ Length: > 0 } text] && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
        var usesApp = Text("client") == "development";
        var asked = new NewConnectionDefinition
        {
            Key = Text("key") ?? "",
            DisplayName = Text("displayName"),
            Connector = Text("connector") ?? "",
            Scheme = Text("scheme"),
            Presets = FieldForm.Read(form).ToDictionary(f => f.Key, f => f.Value.Reveal()),
            Scopes = Text("scopes")?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
            // What stands in fields that do not count is not looked at.
            ClientId = usesApp ? null : Text("clientId"),
            ClientSecret = !usesApp && Text("clientSecret") is { } secret ? new Secret(secret.ReplaceLineEndings("\n")) : null,
            UsesDevelopmentApp = usesApp,
            RuntimeUser = Enum.TryParse<RuntimeUserPolicy>(Text("runtimeUser"), ignoreCase: true, out var policy) && Enum.IsDefined(policy) ? policy : RuntimeUserPolicy.Off,
        };
        return await setup.CreateAsync(caller, asked, cancellationToken) switch
        {
            SetupResult<ConnectionDefinition>.Done { Value: var definition } => new SeeOther($"/connections/definitions/{definition.Key}"),
            SetupResult<ConnectionDefinition>.Invalid invalid => await forms.ShowAsync(caller, asked.Connector, asked.Scheme, asked, invalid.Faults, cancellationToken),
            SetupResult<ConnectionDefinition>.Conflict conflict => await forms.ShowAsync(caller, asked.Connector, asked.Scheme, asked, [new("key", conflict.Reason)], cancellationToken),
            var other => Page.Of<ErrorPage>(new() { ["Title"] = "This is not permitted", ["Detail"] = Problem.From(other).ProblemDetails.Detail }, Problem.From(other).StatusCode),
        };
    }

    private static Task<IResult> DefinitionAsync(
        string key, HttpContext context, DefinitionPages definitions, CancellationToken cancellationToken) =>
        definitions.ShowAsync(key, context.Caller(), [], StatusCodes.Status200OK, cancellationToken);

    private static async Task<IResult> ReplaceClientAsync(
        string key, [FromForm] IFormCollection form, HttpContext context, DefinitionSetup setup, DefinitionPages definitions, CancellationToken cancellationToken)
    {
        var clientId = form["clientId"].ToString().Trim();
        var secret = form["clientSecret"].ToString().Trim().ReplaceLineEndings("\n") is { Length: > 0 } text ? new Secret(text) : null;
        var change = new DefinitionChange { ClientId = clientId, ClientSecret = secret, RemovesClientSecret = secret is null && form["removeSecret"] == "true" };
        return await ChangedAsync(key, change, context, setup, definitions, clientId, cancellationToken);
    }

    private static Task<IResult> ChangeSettingsAsync(
        string key, [FromForm] IFormCollection form, HttpContext context, DefinitionSetup setup, DefinitionPages definitions, CancellationToken cancellationToken)
    {
        var change = new DefinitionChange
        {
            SuccessAddress = form["successAddress"].ToString().Trim(),
            FailureAddress = form["failureAddress"].ToString().Trim(),
            // What is no interval on offer is refused.
            CheckEvery = long.TryParse(form["checkEvery"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? DefinitionRequest.IntervalOf(seconds) : TimeSpan.FromTicks(1),
        };
        return ChangedAsync(key, change, context, setup, definitions, null, cancellationToken);
    }

    private static async Task<IResult> ChangedAsync(
        string key, DefinitionChange change, HttpContext context, DefinitionSetup setup, DefinitionPages definitions, string? clientId, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        return await setup.ChangeAsync(caller, key, change, cancellationToken) switch
        {
            SetupResult<ConnectionDefinition>.Done { Value: var definition } => new SeeOther($"/connections/definitions/{definition.Key}"),
            SetupResult<ConnectionDefinition>.Invalid invalid => await definitions.ShowAsync(key, caller, invalid.Faults, StatusCodes.Status422UnprocessableEntity, cancellationToken, change, clientId),
            SetupResult<ConnectionDefinition>.Forbidden forbidden => Page.Of<ErrorPage>(new() { ["Title"] = "This is not permitted", ["Detail"] = forbidden.Reason }, StatusCodes.Status403Forbidden),
            var other => await definitions.ShowAsync(key, caller, [new("", Problem.From(other).ProblemDetails.Detail ?? "")], Problem.From(other).StatusCode, cancellationToken, change, clientId),
        };
    }

    private static Task<IResult> AskToDeleteAsync(string key, HttpContext context, DefinitionPages definitions, CancellationToken cancellationToken) =>
        definitions.AskToDeleteAsync(key, context.Caller(), StatusCodes.Status200OK, cancellationToken);

    private static async Task<IResult> DeleteAsync(
        string key, [FromForm] IFormCollection form, HttpContext context, DefinitionRemoval removal, DefinitionPages definitions, CancellationToken cancellationToken) =>
        await removal.RemoveAsync(context.Caller(), key, form["force"] == "true", cancellationToken) switch
        {
            SetupResult<RemovedDefinition>.Done { Value: var removed } when removed.Connections.Any(c => c.Revocation is RevocationOutcome.Failed) => Page.Of<NotAllRevokedPage>(new() { ["Removed"] = removed }),
            SetupResult<RemovedDefinition>.Done => new SeeOther("/connections"),
            SetupResult<RemovedDefinition>.Forbidden forbidden => Page.Of<ErrorPage>(new() { ["Title"] = "This is not permitted", ["Detail"] = forbidden.Reason, ["BackTo"] = $"/connections/definitions/{key}", ["BackLabel"] = "Back" }, StatusCodes.Status403Forbidden),
            // It came into use since the page was shown: the page says by what.
            _ => await definitions.AskToDeleteAsync(key, context.Caller(), StatusCodes.Status409Conflict, cancellationToken),
        };
}
