using System.Net;

namespace Recipes.Host.Tests;

/// <summary>A workplace with its team: manager (for the organisation and for herself) and rep-one are connected by consent, rep-two is not.</summary>
public sealed class SalesTeam : IAsyncLifetime
{
    /// <summary>One opportunity, large enough that the manager is notified.</summary>
    internal static object Deal(string name = "Rocket skates") => new { account = "Acme", amount = 25_000, name };

    internal Workplace Place { get; private set; } = null!;

    internal Guid RepOnes { get; private set; }

    internal Guid Managers { get; private set; }

    internal Guid Organisations { get; private set; }

    /// <summary>The organisation's own under the key that takes the caller's own: nobody may fall back to it.</summary>
    internal Guid Tempting { get; private set; }

    internal Guid Basic { get; private set; }

    public async Task InitializeAsync()
    {
        // Tests that need it are skipped then.
        if (!Directory.Exists(RepositoryRoot.Combine("samples", "crm", "node_modules")))
            return;
        Place = await Workplace.StartAsync(withCrm: true);
        await SetUpAsync(Place);
        Organisations = await ConnectAsync(Place, "manager", "/connect/crm-optional?owner=organisation");
        Tempting = await ConnectAsync(Place, "manager", "/connect/crm?owner=organisation");
        Managers = await ConnectAsync(Place, "manager", "/connect/crm");
        RepOnes = await ConnectAsync(Place, "rep-one", "/connect/crm");
        Basic = await ConnectWithSecretsAsync(Place);
    }

    public async Task DisposeAsync()
    {
        if (Place is not null)
            await Place.DisposeAsync();
    }

    /// <summary>Definitions of the sample recipes and the users manager, rep-one and rep-two.</summary>
    internal static async Task SetUpAsync(Workplace place)
    {
        var presets = new { address = place.Crm.IssuerText };
        foreach (var (key, policy) in new[] { (Keys.Required, "required"), (Keys.Optional, "optional") })
        {
            (await place.Operator.PostAsync("/api/connection-definitions", new
            {
                key,
                displayName = $"Sandbox CRM ({key})",
                connector = "sandbox-crm",
                scheme = "oauth2",
                presets,
                clientId = place.Crm.ClientId,
                clientSecret = place.Crm.ClientSecret,
                runtimeUser = policy,
            })).Is(HttpStatusCode.Created);
        }

        foreach (var (key, scheme) in new[] { (Keys.Basic, "basic"), (Keys.ApiKey, "api-key") })
            (await place.Operator.PostAsync("/api/connection-definitions", new { key, connector = "sandbox-crm", scheme, presets })).Is(HttpStatusCode.Created);
        await place.AddUserAsync("manager", "createConnections", "manageConnections", "viewAllRuns");
        await place.AddUserAsync("rep-one", "createConnections");
        await place.AddUserAsync("rep-two", "createConnections");
    }

    /// <param name="account">The account at the CRM; null means that of the user's own name.</param>
    internal static async Task<Guid> ConnectAsync(Workplace place, string user, string path, string? account = null)
    {
        using var person = await place.PersonAsync(user);
        return await person.ConnectAsync(path, account ?? user, place.Crm.PasswordOf(account ?? user));
    }

    /// <summary>The organisation's connections that need no consent.</summary>
    /// <returns>The one with user name and password.</returns>
    internal static async Task<Guid> ConnectWithSecretsAsync(Workplace place)
    {
        var (_, key) = await place.Crm.CreateApiKeyAsync("manager");
        (await place.As("manager").PostAsync("/api/connections", new { definition = Keys.ApiKey, owner = "organisation", fields = new { apiKey = key } })).Is(HttpStatusCode.Created);
        var basic = await place.As("manager").PostAsync(
            "/api/connections", new { definition = Keys.Basic, owner = "organisation", fields = new { username = "manager", password = place.Crm.PasswordOf("manager") } });
        return (Guid)basic.Is(HttpStatusCode.Created)["id"]!;
    }
}
