using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Recipes.Host.Tests;

/// <summary>Every page there is, held against the rules for pages, in Chromium.</summary>
public sealed class PagesTests(SalesTeam team) : IClassFixture<SalesTeam>
{
    // What answers no page of its own, or one that another test opens.
    private static readonly Dictionary<string, string> s_elsewhere = new()
    {
        ["/"] = "leads to the connections",
        ["/runs/{id:guid}/live"] = "a part of the page of a run, which changes while it is watched: CallPageTests",
        ["/connections/{id:guid}/device"] = "takes a provider with device codes: DeviceBrowserTests",
        ["/sign-in"] = "leads on whoever is signed in: BrowserTests, and below for the others",
    };

    private Workplace Place => team.Place;

    [CrmBrowserFact]
    public async Task Every_page_keeps_to_its_width_and_names_its_parts_by_light_and_in_the_dark()
    {
        await Place.As("rep-one").CallAsync("read-forecast", new { });
        var faulted = (await Place.As("rep-one").CallAsync("read-forecast", new { }))["runId"];
        var pending = (await Place.Operator.PostAsync("/api/connections", new { definition = Keys.Required, owner = "organisation" })).Is(System.Net.HttpStatusCode.Created)["id"];
        var app = (await Place.Operator.PostAsync("/api/oauth-apps", new { connector = "sandbox-crm", scheme = "oauth2", clientId = Place.Crm.ClientId, clientSecret = Place.Crm.ClientSecret, presets = new { address = Place.Crm.IssuerText } })).Is(System.Net.HttpStatusCode.Created)["id"];
        await SeedAsync();
        Place.SaveRecipe("broken", RecipeFiles.Sequence("broken", RecipeFiles.Call("a", "nowhere", "{}")));
        Place.SaveRecipe("timely", TriggerPlace.Recipe("timely", "Recipes.Webhook", ", \"proof\": \"none\""));
        (string Pattern, string Name, string Path)[] pages =
        [
            ("/connections", "connections", "/connections"),
            ("/connections", "connections-none", "/connections?q=nothing"),
            ("/connections", "connections-limited", "/connections?health=limited"),
            ("/connections", "connections-narrow", "/connections?connector=sandbox-crm&owner=user:rep-one"),
            ("/connections/{id:guid}", "connection-limited", $"/connections/{team.RepOnes}"),
            ("/connections/{id:guid}/connected", "connection-connected", $"/connections/{team.RepOnes}/connected?wizard=1&recipe=create-opportunity"),
            ("/connections/{id:guid}/consent", "connection-consent", $"/connections/{pending}/consent"),
            ("/connections/{id:guid}/log", "log", $"/connections/{team.RepOnes}/log"),
            ("/connections/{id:guid}/delete", "delete", $"/connections/{team.RepOnes}/delete"),
            ("/connections/{id:guid}/disconnect", "disconnect", $"/connections/{team.RepOnes}/disconnect"),
            ("/connections/new", "new", "/connections/new"),
            ("/connections/new", "new-embedded", "/connections/new?embedded=1"),
            ("/connections/new", "which", "/connections/new?connector=sandbox-crm"),
            ("/connections/new", "scheme", "/connections/new?connector=sandbox-crm&another=1"),
            ("/connections/new", "set-up", "/connections/new?connector=sandbox-crm&scheme=oauth2&another=1"),
            ("/connections/new", "set-up-again", "/connections/new?definition=crm"),
            ("/connections/definitions/{key}", "definition", "/connections/definitions/crm"),
            ("/connections/definitions/{key}", "definition-rejected", "/connections/definitions/mail"),
            ("/connections/definitions/{key}/ready", "definition-ready", "/connections/definitions/crm/ready"),
            ("/connections/definitions/{key}/delete", "definition-delete", "/connections/definitions/crm/delete"),
            ("/connections/oauth-apps", "oauth-apps", "/connections/oauth-apps"),
            ("/connections/oauth-apps/new", "oauth-apps-new", "/connections/oauth-apps/new?app=sandbox-crm/oauth2"),
            ("/connections/oauth-apps/{id:guid}", "oauth-app", $"/connections/oauth-apps/{app}"),
            ("/connections/health", "health", "/connections/health"),
            ("/connectors", "connectors", "/connectors"),
            ("/connectors/{name}", "connector", "/connectors/sandbox-crm"),
            ("/connect/{key}", "connect-again", $"/connect/crm?connection={team.RepOnes}"),
            ("/connect/{key}", "connect-fields", "/connect/crm-basic?owner=organisation"),
            ("/connect/{key}", "connect-wizard", "/connect/crm-optional?wizard=1&owner=organisation"),
            ("/recipes", "recipes", "/recipes"),
            ("/recipes", "recipes-none", "/recipes?find=nothing"),
            ("/new-recipe", "new-recipe", "/new-recipe"),
            ("/recipes/{name}", "recipe-broken", "/recipes/broken"),
            ("/recipes/{name}", "recipe-trigger", "/recipes/timely"),
            ("/recipes/{name}", "recipe-again", $"/recipes/read-forecast?from={faulted}"),
            ("/triggers", "triggers", "/triggers"),
            ("/runs", "runs", "/runs"),
            ("/runs", "runs-none", "/runs?status=running"),
            ("/runs/{id:guid}", "run-faulted", $"/runs/{faulted}"),
            ("/alerts", "alerts", "/alerts"),
        ];
        (string Pattern, string Name, string Path)[] refusals =
        [
            ("", "not-found", "/nowhere"), ("/runs/{id:guid}", "no-run", $"/runs/{Guid.NewGuid()}"), ("/recipes/{name}", "no-recipe", "/recipes/nothing"),
            ("/oauth/callback/{definition}", "callback", "/oauth/callback/crm"), ("/connectors/{name}", "no-connector", "/connectors/nothing"),
        ];
        Patterns.Except(pages.Concat(refusals).Select(p => p.Pattern)).Except(s_elsewhere.Keys).ShouldBeEmpty("Each page is opened here, or it is said where else.");

        foreach (var (width, dark) in new[] { (1280, false), (360, true) })
        {
            await using var browser = await Browser.NewPageAsync(width, dark: dark);
            await browser.Page.GotoAsync(Url("/sign-in"));
            await browser.Page.ShouldBeSoundAsync(dark ? "sign-in-dark" : "sign-in");
            await browser.Page.GetByLabel("API token").FillAsync(Place.Operator.Token!);
            await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            foreach (var (_, name, path) in pages)
            {
                (await browser.Page.GotoAsync(Url(path)))!.Status.ShouldBe(StatusCodes.Status200OK, path);
                await browser.Page.ShouldBeSoundAsync(dark ? $"{name}-dark" : name);
            }

            browser.ConsoleErrors.ShouldBeEmpty();
            browser.FailedRequests.ShouldBeEmpty();
            foreach (var (_, name, path) in refusals)
            {
                ((int)(await browser.Page.GotoAsync(Url(path)))!.Status).ShouldBeInRange(400, 404);
                await browser.Page.ShouldBeSoundAsync(dark ? $"{name}-dark" : name);
            }
        }
    }

    /// <summary>Addresses of all that answers a browser's GET: not programs, files, or the designer, whose page has checks of its own.</summary>
    private IEnumerable<string> Patterns => Place.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") is true)
        .Select(e => $"/{e.RoutePattern.RawText!.Trim('/')}")
        .Where(p => !new[] { "/api", "/assets/", "/elsa/", "/studio", "/workflows/", "/hooks/", "/health" }.Any(start => p.StartsWith(start, StringComparison.Ordinal)))
        .Distinct();

    private string Url(string path) => new Uri(Place.Address, path).AbsoluteUri;

    /// <summary>A past of 30 days for one connection, and others in every kind of trouble.</summary>
    private async Task SeedAsync()
    {
        var (store, log, now) = (Place.Services.GetRequiredService<IConnectionStore>(), Place.Services.GetRequiredService<IConnectionLog>(), Place.Clock.GetUtcNow());
        var past = (await store.FindAsync(new ConnectionId(team.RepOnes), default))!.Record;
        foreach (var (days, health) in new[] { (29.6, Health.Yellow), (27.3, Health.Green), (12.7, Health.Red), (11.2, Health.Green), (3.4, Health.Grey), (2.9, Health.Green) })
            await log.AddAsync(new LogEntry { Connection = past.Id, Tenant = past.Tenant, At = now.AddDays(-days), Event = ConnectionEvent.Changed, By = Actor.System, Health = health }, default);
        await log.AddAsync([.. Enumerable.Range(0, 30).Select(d => new DailyFigures(past.Id, DateOnly.FromDateTime(now.UtcDateTime).AddDays(-d)) { Uses = 7 + (d * 37 % 41), FailedUses = d is 12 or 11 ? 6 : 0, Refreshes = 24, Probes = 1 })], default);

        Failure Of(FailureKind kind, string message) => new() { Kind = kind, Message = message, At = now.AddHours(-5), RetryAt = kind == FailureKind.RateLimited ? now.AddMinutes(20) : null };
        var crm = (await store.FindDefinitionAsync(TenantId.Default, StableKey.Parse(Keys.Required), default))!;
        var mail = crm with { Id = new(Guid.CreateVersion7(now)), Key = StableKey.Parse("mail"), DisplayName = "Mail of the sales team", ClientFailure = Of(FailureKind.ClientRejected, "The token endpoint of Mail answered 401: client authentication failed") };
        (await store.TryAddAsync(mail, default)).ShouldBeTrue();
        ConnectionRecord[] troubles =
        [
            past with { DisplayName = "Account that was deleted", State = ConnectionState.ReauthorizationRequired, Failure = Of(FailureKind.ModifiedCredentials, "The token endpoint of Mail answered 400: grant request is invalid") },
            past with { DisplayName = "Account without rights", Limitations = [], Failure = Of(FailureKind.InsufficientPermissions, "Mail answered 403 Forbidden") },
            past with { DisplayName = "Account at an old address", Limitations = [], Failure = Of(FailureKind.Misconfigured, "mail.example.com cannot be found") },
            past with { DisplayName = "Account that ends soon", Limitations = [], GrantExpiresAt = now.AddDays(3), ExpiryToldFor = now.AddDays(3) },
            past with { DisplayName = "Account that is checked", State = ConnectionState.Suspect, SuspectSince = now, Failure = Of(FailureKind.ModifiedCredentials, "Mail answered 401 Unauthorized") },
            past with { DisplayName = "Account of a busy app", Limitations = [], Failure = Of(FailureKind.RateLimited, "Mail answered 429 Too Many Requests") },
        ];
        foreach (var trouble in troubles)
            await store.AddAsync(new Connection(trouble with { Id = new(Guid.CreateVersion7(now)), DefinitionId = mail.Id, Owner = Owner.Organisation, IsDefault = false, HealthSince = now.AddHours(-5), FailureSince = now.AddDays(-2), Version = 1 }), default);
    }
}
