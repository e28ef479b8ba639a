namespace Recipes.Conformance;

/// <summary>Takes a connection all the way: the definition, the connection, and where it needs one a person's consent.</summary>
internal static class Consenting
{
    private const string Callback = "https://recipes.example/oauth/callback";

    /// <exception cref="KitException">When it does not get there; the message says how far it came.</exception>
    public static async Task<ConnectionId> ConnectAsync(this Workbench bench, IReadOnlyDictionary<string, string>? secrets = null)
    {
        var id = await bench.SetUpAsync(secrets);
        if (!bench.Scheme.NeedsConsent)
            return id;
        if (bench.StandIn is OAuth2StandIn { OAuth.Grant: OAuth2Grant.DeviceCode } standIn)
        {
            await bench.AuthorizeOnDeviceAsync(id, standIn);
            return id;
        }

        var outcome = await bench.AuthorizeAsync(id, callback => callback);
        return outcome is FlowOutcome.Connected ? id : throw new KitException(outcome switch
        {
            FlowOutcome.Failed { Failure: var failure } => $"connecting failed: {failure.Kind}, {failure.Message}",
            FlowOutcome.Rejected { Reason: var reason } => $"the callback was rejected: {reason}",
            _ => "connecting failed.",
        });
    }

    /// <summary>A new definition and a connection under it.</summary>
    public static async Task<ConnectionId> SetUpAsync(this Workbench bench, IReadOnlyDictionary<string, string>? secrets = null)
    {
        var definition = await bench.DefineAsync() switch
        {
            SetupResult<ConnectionDefinition>.Done { Value: var made } => made,
            SetupResult<ConnectionDefinition>.Invalid { Faults: var faults } => throw new KitException($"the definition was refused: {string.Join(" ", faults.Select(f => $"{f.Path}: {f.Message}"))}"),
            var other => throw new KitException($"the definition was refused: {other}"),
        };
        return await bench.CreateAsync(definition, secrets) switch
        {
            SetupResult<Connection>.Done { Value.Id: var id } => id,
            SetupResult<Connection>.Invalid { Faults: var faults } => throw new KitException($"the connection was refused: {string.Join(" ", faults.Select(f => $"{f.Path}: {f.Message}"))}"),
            var other => throw new KitException($"the connection was refused: {other}"),
        };
    }

    /// <summary>Sends a browser through the consent.</summary>
    /// <param name="onTheWay">Changes the address that the app sends it back to.</param>
    public static async Task<FlowOutcome> AuthorizeAsync(this Workbench bench, ConnectionId id, Func<Uri, Uri> onTheWay)
    {
        var connection = await bench.ReadAsync(id);
        var definition = (await bench.Get<IConnectionStore>().FindDefinitionAsync(connection.DefinitionId, CancellationToken.None))!;
        var flows = bench.Get<AuthorizationFlows>();
        FlowStart start;
        try
        {
            start = await flows.StartAsync(Workbench.Operator, connection, new Uri($"{Callback}/{definition.CallbackSlug}"), scopes: null, CancellationToken.None);
        }
        catch (Exception fault) when (fault is FormatException or InvalidOperationException)
        {
            throw new KitException($"the consent could not be started: {fault.Message}");
        }

        if (start is not FlowStart.Started { Flow: var started })
            throw new KitException($"the consent could not be started: {((FlowStart.Failed)start).Failure.Message}");
        var back = onTheWay(bench.StandIn.Consent(started.AuthorizationAddress));
        var query = ReceivedRequest.Pairs(back.Query.TrimStart('?'));
        string? Get(string name) => query.LastOrDefault(p => p.Key == name).Value;
        // OAuth 1.0 has its request token in place of a state.
        var callback = new FlowCallback(Get("state") ?? Get("oauth_token"), Get("code"), Get("iss"), Get("error"), Get("error_description"))
        {
            Parameters = query.DistinctBy(p => p.Key).ToDictionary(),
        };
        var outcome = await flows.CompleteAsync(definition.CallbackSlug, callback, name => name == started.CookieName ? started.CookieValue.Reveal() : null, Workbench.Operator, CancellationToken.None);
        bench.Shown(outcome);
        return outcome;
    }

    // The person enters the code on another device, after the provider was asked once in vain.
    private static async Task AuthorizeOnDeviceAsync(this Workbench bench, ConnectionId id, OAuth2StandIn standIn)
    {
        var flows = bench.Get<DeviceFlows>();
        standIn.DeviceConsented = false;
        if (await flows.StartAsync(Workbench.Operator, await bench.ReadAsync(id), scopes: null, CancellationToken.None) is not DeviceStart.Started { Flow: var flow })
            throw new KitException("the device authorization could not be started.");
        bench.Clock.Advance(flow.Interval + TimeSpan.FromSeconds(1));
        await flows.LookAsync(id, CancellationToken.None);
        standIn.DeviceConsented = true;
        bench.Clock.Advance(flow.Interval + TimeSpan.FromSeconds(1));
        if (await flows.LookAsync(id, CancellationToken.None) is { Status: not DeviceFlowStatus.Connected } seen)
            throw new KitException($"the device authorization is {seen.Status}: {seen.Failure?.Message}");
    }
}
