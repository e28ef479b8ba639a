using Recipes.Connections;

namespace Recipes.Bench;

/// <summary>Sets up connections to the loopback server as an operator would.</summary>
internal static class BenchConnections
{
    public const string Key = "a-key-of-the-benchmark";

    /// <summary>A connection with an API key in a header.</summary>
    public static async Task<ConnectionId> WithKeyAsync(RecipeWorld world, Uri address)
    {
        await DefineAsync(world, new() { Key = "crm-key", Connector = "sandbox-crm", Scheme = "api-key", Presets = Presets(address) });
        return (await ConnectAsync(world, "crm-key", new() { ["apiKey"] = new Secret(Key) })).Id;
    }

    /// <summary>A connection whose access token lives for a day yet, put into the store as a token endpoint would have given it.</summary>
    public static async Task<ConnectionId> WithTokenAsync(RecipeWorld world, Uri address)
    {
        await DefineAsync(world, new() { Key = "crm-token", Connector = "sandbox-crm", Scheme = "oauth2", Presets = Presets(address), ClientId = "bench", ClientSecret = new Secret("bench-secret") });
        var connection = await ConnectAsync(world, "crm-token", []);
        var now = TimeProvider.System.GetUtcNow();
        var life = TimeSpan.FromDays(1);
        var tokens = new TokenSet(new Secret("an-access-token-of-the-benchmark"), new Secret("a-refresh-token-of-the-benchmark"), now + life, life, null);
        connection.Authorized(world.Get<CredentialVault>().Seal(connection.Tenant, connection.Id, new Credential { Tokens = tokens }), tokens, null, now);
        return await world.Get<IConnectionStore>().TryUpdateAsync(connection, CancellationToken.None) ? connection.Id : throw new InvalidOperationException("The token was not stored.");
    }

    /// <summary>Connections with an API key, as many at each host as at any other.</summary>
    public static async Task<IReadOnlyList<ConnectionId>> AtHostsAsync(RecipeWorld world, IReadOnlyList<Uri> hosts, int count)
    {
        var ids = new List<ConnectionId>(count);
        for (var i = 0; i < count; i++)
        {
            var key = $"crm-{i % hosts.Count}";
            if (i < hosts.Count)
                await DefineAsync(world, new() { Key = key, Connector = "sandbox-crm", Scheme = "api-key", Presets = new Dictionary<string, string> { ["address"] = $"{hosts[i].GetLeftPart(UriPartial.Authority)}/far" } });
            ids.Add((await ConnectAsync(world, key, new() { ["apiKey"] = new Secret(Key) })).Id);
        }

        return ids;
    }

    private static Dictionary<string, string> Presets(Uri address) => new() { ["address"] = address.GetLeftPart(UriPartial.Authority) };

    private static async Task DefineAsync(RecipeWorld world, NewConnectionDefinition asked) =>
        Done(await world.Get<DefinitionSetup>().CreateAsync(RecipeWorld.Operator, asked, CancellationToken.None));

    private static async Task<Connection> ConnectAsync(RecipeWorld world, string key, Dictionary<string, Secret> fields)
    {
        var asked = new NewConnection { DefinitionKey = key, Owner = Owner.Organisation, Fields = fields };
        return Done(await world.Get<ConnectionSetup>().CreateAsync(RecipeWorld.Operator, asked, CancellationToken.None));
    }

    private static T Done<T>(SetupResult<T> result) => result is SetupResult<T>.Done done ? done.Value : throw new InvalidOperationException(
        result is SetupResult<T>.Invalid invalid ? string.Join('\n', invalid.Faults) : $"{result}");
}
