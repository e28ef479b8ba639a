using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

/// <summary>Choosing what to connect, and setting up definitions.</summary>
internal static class SetupPages
{
    public static void Map(IEndpointRouteBuilder pages)
    {
        pages.MapGet("/connections/new", NewAsync).MayBeEmbedded();
        pages.MapPost("/connections/new", CreateAsync).MayBeEmbedded();
        pages.MapGet("/connections/definitions/{key}", DefinitionAsync);
        pages.MapGet("/connections/definitions/{key}/ready", ReadyAsync).MayBeEmbedded();
        pages.MapPost("/connections/definitions/{key}", ReplaceClientAsync);
        pages.MapPost("/connections/definitions/{key}/settings", ChangeSettingsAsync);
        pages.MapGet("/connections/definitions/{key}/delete", AskToDeleteAsync);
        pages.MapPost("/connections/definitions/{key}/delete", DeleteAsync);
    }

    /// <summary>What the address of the wizard may say.</summary>
    /// <param name="Find">What is looked for in the gallery.</param>
    /// <param name="Key">The stable key that the definition is to have.</param>
    /// <param name="Recipe">Id of the recipe that it is for.</param>
    /// <param name="Definition">Stable key of a definition whose set-up is gone back to.</param>
    /// <param name="Another"><c>1</c> where another definition is wanted, whatever there is.</param>
    private sealed record WizardQuery(
        [FromQuery] string? Connector, [FromQuery] string? Scheme, [FromQuery] string? Find, [FromQuery] string? Key, [FromQuery] string? Recipe, [FromQuery] string? Definition, [FromQuery] string? Another);

    private static async Task<IResult> NewAsync(
        [AsParameters] WizardQuery query, HttpContext context, IConnectionStore store, IConnectorProfiles connectors, Galleries galleries, SetupForms forms, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        var goal = WizardGoal.Of(query.Key, query.Recipe);
        var definitions = await store.ListDefinitionsAsync(caller.Tenant, cancellationToken);
        if (query.Definition is { } changed)
        {
            return definitions.FirstOrDefault(d => d.Key.Value == changed) is { } definition
                ? await forms.ShowAsync(caller, definition.Connector, definition.Scheme, goal, cancellationToken, definition)
                : DefinitionPages.NoSuch();
        }

        if (query.Connector is not { } connector)
        {
            return Page.Of<NewPage>(new()
            {
                ["Caller"] = caller,
                ["Definitions"] = definitions,
                ["Gallery"] = await galleries.ShowAsync(caller, query.Find, "/connections/new", $"{goal.Path()}{(goal.Parameters.Count > 0 ? "&" : "?")}connector=", cancellationToken, goal.Parameters),
                ["Goal"] = goal,
            });
        }

        var own = definitions.Where(d => d.Connector == connector).ToArray();
        // Somebody has set it up meanwhile.
        if (goal.Key is { } key && own.FirstOrDefault(d => d.Key.Value == key) is { } there)
            return new SeeOther(Embedding.Carry(context, AccountPath(caller, there, goal)));
        var chooses = query.Scheme is null && query.Another != "1" && goal.Key is null && own.Length > 0;
        return connectors.Find(connector) is { } found && (chooses || (query.Scheme is null && !caller.Has(Privileges.ManageDefinitions)))
            ? Page.Of<WhichPage>(new() { ["Caller"] = caller, ["Connector"] = found, ["Definitions"] = own, ["Goal"] = goal })
            : await forms.ShowAsync(caller, connector, query.Scheme, goal, cancellationToken);
    }

    private static async Task<IResult> CreateAsync(
        [FromForm] IFormCollection form, HttpContext context, DefinitionSetup setup, IConnectionStore store, SetupForms forms, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        string? Text(string name) => form[name] is [{ Length: > 0 } text] && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
        var usesApp = Text("client") == "development";
        var goal = WizardGoal.Of(form);
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
        var known = StableKey.TryParse(form["definition"].ToString(), out var parsed) ? await store.FindDefinitionAsync(caller.Tenant, parsed, cancellationToken) : null;
        var change = new DefinitionChange { DisplayName = asked.DisplayName, ClientId = asked.ClientId, ClientSecret = asked.ClientSecret, UsesDevelopmentApp = usesApp ? true : null, Scopes = asked.Scopes, Presets = asked.Presets, RuntimeUser = asked.RuntimeUser };
        return await (known is null ? setup.CreateAsync(caller, asked, cancellationToken) : setup.ChangeAsync(caller, known.Key.Value, change, cancellationToken)) switch
        {
            SetupResult<ConnectionDefinition>.Done { Value: var definition } => new SeeOther(Embedding.Carry(context, AccountPath(caller, definition, goal))),
            SetupResult<ConnectionDefinition>.Invalid invalid => await forms.ShowAsync(caller, asked.Connector, asked.Scheme, goal, cancellationToken, known, asked, invalid.Faults),
            SetupResult<ConnectionDefinition>.Conflict conflict => await forms.ShowAsync(caller, asked.Connector, asked.Scheme, goal, cancellationToken, known, asked, [new(known is null ? "key" : "", conflict.Reason)]),
            var other => Page.Of<ErrorPage>(new() { ["Title"] = "This is not permitted", ["Detail"] = Problem.From(other).ProblemDetails.Detail }, Problem.From(other).StatusCode),
        };
    }

    // Whoever may not connect the account that it takes has done their part.
    private static string AccountPath(Caller caller, ConnectionDefinition definition, WizardGoal goal)
    {
        var forOrganisation = definition.RuntimeUser != RuntimeUserPolicy.Required && caller.Has(Privileges.ManageConnections);
        return caller.Has(Privileges.CreateConnections) && (forOrganisation || definition.RuntimeUser != RuntimeUserPolicy.Off)
            ? goal.AccountPath(definition.Key, forOrganisation)
            : ReadyPath(definition.Key, goal.Recipe);
    }

    internal static string ReadyPath(StableKey key, string? recipe) => $"/connections/definitions/{key}/ready{(recipe is null ? "" : $"?recipe={Uri.EscapeDataString(recipe)}")}";

    private static async Task<IResult> ReadyAsync(string key, [FromQuery] string? recipe, HttpContext context, IConnectionStore store, CancellationToken cancellationToken) =>
        StableKey.TryParse(key, out var parsed) && await store.FindDefinitionAsync(context.Caller().Tenant, parsed, cancellationToken) is { } definition
            ? Page.Of<ReadyPage>(new() { ["Definition"] = definition, ["Recipe"] = FlowReturn.Of(recipe, null, null).Recipe })
            : DefinitionPages.NoSuch();

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
