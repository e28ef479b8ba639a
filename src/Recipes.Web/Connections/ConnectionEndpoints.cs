using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

internal static class ConnectionEndpoints
{
    private const int MostEntries = 200;
    private const int MostConnections = 1000;

    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/connections").WithTags("Connections");
        group.MapPost("/", CreateAsync).WithName("CreateConnection").WithSummary("Create a connection; where consent is needed, the answer says where")
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        group.MapGet("/", ListAsync).WithName("ListConnections").WithSummary("List the connections that the caller may manage, in the order of creation; after the last one of a page the header Link has the next").ProducesProblem(400);
        group.MapGet("/{id:guid}", GetAsync).WithName("GetConnection").WithSummary("Read one connection").ProducesProblem(404);
        group.MapPost("/{id:guid}/authorize", AuthorizeAsync).WithName("AuthorizeConnection").WithSummary("Authorise again: an address to consent at, a code to type in on another device, or new values in the body")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        group.MapGet("/{id:guid}/authorize", AuthorizationAsync).WithName("GetAuthorization").WithSummary("How the authorization stands; asks the provider about a device code when that is due").ProducesProblem(404);
        group.MapPatch("/{id:guid}", ChangeAsync).WithName("ChangeConnection").WithSummary("Change values of its fields; where an address changes it has to be authorised again, or takes its secrets again")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        group.MapPut("/{id:guid}/tokens", ImportAsync).WithName("ImportTokens").WithSummary("Connect with tokens that were got elsewhere, in place of consent")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{id:guid}/test", TestAsync).WithName("TestConnection").WithSummary("Send the connector's probe and record what it shows").ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{id:guid}/default", MakeDefaultAsync).WithName("MakeDefaultConnection").WithSummary("Have it used where its owner has several under the definition").ProducesProblem(404).ProducesProblem(409);
        group.MapGet("/{id:guid}/log", LogAsync).WithName("GetConnectionLog").WithSummary("What happened to it, newest first: who, what, when, how it went").ProducesProblem(404);
        group.MapGet("/{id:guid}/history", HistoryAsync).WithName("GetConnectionHistory").WithSummary("Its last days: health, uses, refreshes, probes").ProducesProblem(404);
        group.MapGet("/{id:guid}/uses", UsesAsync).WithName("GetConnectionUses").WithSummary("Which recipes use it, and the last runs that did").ProducesProblem(404);
        group.MapDelete("/{id:guid}", RemoveAsync).WithName("DeleteConnection").WithSummary("Remove it for good and give its grant back; refused while something uses it, unless forced").ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{id:guid}/disconnect", DisconnectAsync).WithName("DisconnectConnection").WithSummary("Delete the credential; the connection stays and can be connected again").ProducesProblem(404);
    }

    private static async Task<Results<Created<ConnectionView>, ProblemHttpResult>> CreateAsync(
        NewConnectionRequest request, HttpContext context, ConnectionSetup setup, ConnectionViews views, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.Definition))
            return Problem.Invalid("definition", "The stable key of a connection definition is needed. GET /api/connection-definitions lists those there are.");
        var caller = context.Caller();
        var asked = new NewConnection
        {
            DefinitionKey = request.Definition,
            Owner = (request.Owner ?? OwnerRequest.Me).For(caller),
            DisplayName = request.DisplayName,
            Fields = request.Fields.Given(),
            Tokens = request.Tokens?.ToTokens(),
            IsDefault = request.Default,
            Environment = request.Environment,
            AccountKind = request.AccountKind,
        };
        return await setup.CreateAsync(caller, asked, cancellationToken) switch
        {
            SetupResult<Connection>.Done { Value: var connection } => TypedResults.Created($"/api/connections/{connection.Id}", await views.OfAsync(connection, cancellationToken)),
            var other => Problem.From(other),
        };
    }

    private static async Task<Results<Ok<IReadOnlyList<ConnectionView>>, ProblemHttpResult>> ListAsync(
        [FromQuery] string? definition, [FromQuery] string? state, [FromQuery] string? health, [FromQuery] string? attention, [FromQuery] int? limit, [FromQuery] Guid? after,
        HttpContext context, ConnectionSetup setup, IConnectionStore store, ConnectionViews views, PublicAddress address, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (limit is < 1 or > MostConnections)
            return Problem.Invalid("limit", $"1 to {MostConnections}.");
        var most = limit ?? MostConnections;
        // One more than is shown tells whether there are more.
        var filter = new ConnectionFilter(After: after is { } last ? new ConnectionId(last) : null, Most: most + 1);
        if (health is not null)
        {
            if (Named<Health>(health) is not { } colour)
                return Problem.Invalid("health", $"'{health}' is no health: use green, yellow, red or grey.");
            filter = filter with { Health = colour };
        }

        if (attention is not null)
        {
            if (Named<Attention>(attention) is not { } needed)
                return Problem.Invalid("attention", $"'{attention}' is nothing that a connection needs: use {string.Join(", ", Enum.GetValues<Attention>().Select(AttentionWords.Name))}.");
            filter = filter with { Attention = needed };
        }

        if (state is not null)
        {
            if (Named<ConnectionState>(state) is not { } parsed)
                return Problem.Invalid("state", $"'{state}' is no state: use pending, connected, suspect, reauthorizationRequired or disconnected.");
            filter = filter with { State = parsed };
        }

        if (definition is not null)
        {
            if (!StableKey.TryParse(definition, out var key) || await store.FindDefinitionAsync(caller.Tenant, key, cancellationToken) is not { } found)
                return Problem.Invalid("definition", $"There is no connection definition '{definition}'.");
            filter = filter with { Definition = found.Id };
        }

        var page = await setup.ListAsync(caller, filter, cancellationToken);
        if (page.Count > most)
        {
            page = [.. page.Take(most)];
            var query = QueryString.Create(context.Request.Query.Where(q => q.Key != "after").Select(q => KeyValuePair.Create(q.Key, (string?)q.Value.ToString())).Append(new("after", page[^1].Id.ToString())));
            context.Response.Headers.Link = $"<{address.Of($"/api/connections{query}").AbsoluteUri}>; rel=\"next\"";
        }

        return TypedResults.Ok(await views.OfAsync(caller.Tenant, page, cancellationToken));
    }

    private static T? Named<T>(string text)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) && !char.IsAsciiDigit(text[0]) ? parsed : null;

    private static async Task<Results<Ok<ConnectionView>, ProblemHttpResult>> GetAsync(
        Guid id, HttpContext context, ConnectionSetup setup, ConnectionViews views, CancellationToken cancellationToken) =>
        await setup.FindAsync(context.Caller(), new(id), cancellationToken) is { } connection ? TypedResults.Ok(await views.OfAsync(connection, cancellationToken)) : NoSuch(id);

    private static async Task<Results<Ok<AuthorizeReply>, ProblemHttpResult>> AuthorizeAsync(
        Guid id, [FromBody(EmptyBodyBehavior = Microsoft.AspNetCore.Mvc.ModelBinding.EmptyBodyBehavior.Allow)] AuthorizeRequest? request,
        HttpContext context, ConnectionSetup setup, DeviceFlows devices, ConnectionViews views, PublicAddress address, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (await setup.FindAsync(caller, new(id), cancellationToken) is not { } connection)
            return NoSuch(id);
        var (definition, _, scheme) = await views.DescribeAsync(connection, cancellationToken);
        var needsConsent = scheme is { NeedsConsent: true };
        var consent = needsConsent ? address.Of(ConnectPath.Of(definition.Key, connection.Id)) : null;
        if (needsConsent && request?.Fields is not { Count: > 0 })
            return await AskForConsentAsync(caller, connection, definition, scheme as OAuth2Scheme, request?.Scopes, request?.AcceptOtherAccount ?? false, request?.Return ?? FlowReturn.None, devices, views, address, cancellationToken);
        if (request?.Scopes is not null)
            return Problem.Invalid("scopes", needsConsent ? "Change the values first, then ask for consent with these scopes." : "This connection needs no consent, so there are no scopes to choose among.");
        return await (needsConsent
            ? setup.ChangeFieldsAsync(caller, new(id), request!.Fields.Changes(), cancellationToken, request.AcceptOtherAccount)
            : setup.ReplaceCredentialAsync(caller, new(id), request?.Fields.Given() ?? [], cancellationToken, request?.AcceptOtherAccount ?? false)) switch
        {
            SetupResult<Connection>.Done { Value: var changed } => TypedResults.Ok(new AuthorizeReply(consent, await views.OfAsync(changed, cancellationToken))),
            var other => Problem.From(other),
        };
    }

    private static async Task<Results<Ok<AuthorizeReply>, ProblemHttpResult>> AskForConsentAsync(
        Caller caller, Connection connection, ConnectionDefinition definition, OAuth2Scheme? scheme, List<string>? scopes, bool acceptsOther, FlowReturn back, DeviceFlows devices, ConnectionViews views, PublicAddress address, CancellationToken cancellationToken)
    {
        try
        {
            var chosen = scheme is null || scopes is null ? null : ScopeSelection.Choose(scheme, definition, scopes);
            if (scheme is not { Grant: OAuth2Grant.DeviceCode })
                return TypedResults.Ok(new AuthorizeReply(address.Of(ConnectPath.Of(definition.Key, connection.Id, chosen, acceptsOther, back)), await views.OfAsync(connection, cancellationToken)));
            return await devices.StartAsync(caller, connection, scopes, cancellationToken, back, acceptsOther) switch
            {
                DeviceStart.Started { Flow: var flow } => TypedResults.Ok(new AuthorizeReply(address.Of(ConnectPath.OfDevice(connection.Id)), await views.OfAsync(connection, cancellationToken), DeviceReply.Of(flow))),
                DeviceStart.Failed { Failure: var failure } => Problem.Conflict($"{failure.Message} {Guidance.For(failure)}"),
                var other => throw new InvalidOperationException($"Unknown start {other.GetType().Name}."),
            };
        }
        catch (FormatException e)
        {
            return Problem.Invalid("scopes", e.Message);
        }
        catch (InvalidOperationException e)
        {
            return Problem.Conflict(e.Message);
        }
    }

    private static async Task<Results<Ok<AuthorizationReply>, ProblemHttpResult>> AuthorizationAsync(
        Guid id, HttpContext context, ConnectionSetup setup, DeviceFlows devices, ConnectionViews views, CancellationToken cancellationToken)
    {
        if (await setup.FindAsync(context.Caller(), new(id), cancellationToken) is null)
            return NoSuch(id);
        var flow = await devices.LookAsync(new(id), cancellationToken);
        if (await setup.FindAsync(context.Caller(), new(id), cancellationToken) is not { } connection)
            return NoSuch(id);
        var status = flow?.Status switch
        {
            DeviceFlowStatus.Pending => AuthorizationStatus.Pending,
            DeviceFlowStatus.Failed or DeviceFlowStatus.OtherAccount => AuthorizationStatus.Failed,
            _ => connection.State is ConnectionState.Connected or ConnectionState.Suspect ? AuthorizationStatus.Connected : AuthorizationStatus.Needed,
        };
        return TypedResults.Ok(new AuthorizationReply(
            status, status == AuthorizationStatus.Pending ? DeviceReply.Of(flow!) : null, FailureReply.Of(status == AuthorizationStatus.Failed ? flow!.Failure : null), await views.OfAsync(connection, cancellationToken)));
    }

    private static async Task<Results<Ok<ConnectionView>, ProblemHttpResult>> ChangeAsync(
        Guid id, ConnectionChangeRequest request, HttpContext context, ConnectionSetup setup, ConnectionViews views, CancellationToken cancellationToken)
    {
        var result = request.Environment is null && request.AccountKind is null ? null : await setup.DescribeAsync(context.Caller(), new(id), request.Environment, request.AccountKind, cancellationToken);
        if (result is null || (result is SetupResult<Connection>.Done && request.Fields is not null))
            result = await setup.ChangeFieldsAsync(context.Caller(), new(id), request.Fields.Changes(), cancellationToken, request.AcceptOtherAccount);
        return result switch
        {
            SetupResult<Connection>.Done { Value: var connection } => TypedResults.Ok(await views.OfAsync(connection, cancellationToken)),
            var other => Problem.From(other),
        };
    }

    private static async Task<Results<Ok<ConnectionView>, ProblemHttpResult>> ImportAsync(
        Guid id, ImportRequest request, HttpContext context, ConnectionSetup setup, ConnectionViews views, CancellationToken cancellationToken) =>
        await setup.ImportTokensAsync(context.Caller(), new(id), (request.Tokens ?? new()).ToTokens(), request.Fields.Given(), cancellationToken, request.AcceptOtherAccount) switch
        {
            SetupResult<Connection>.Done { Value: var connection } => TypedResults.Ok(await views.OfAsync(connection, cancellationToken)),
            var other => Problem.From(other),
        };

    private static async Task<Results<Ok<TestReply>, ProblemHttpResult>> TestAsync(
        Guid id, HttpContext context, ConnectionSetup setup, Prober prober, ConnectionViews views, CancellationToken cancellationToken)
    {
        if (await setup.FindAsync(context.Caller(), new(id), cancellationToken) is null)
            return NoSuch(id);
        ProbeResult result;
        TokenStanding? standing;
        try
        {
            (result, standing) = await prober.TestAsync(new(id), Actor.Of(context.Caller().User), cancellationToken);
        }
        catch (ConnectorGoneException e)
        {
            return Problem.Conflict(e.Message);
        }

        if (await setup.FindAsync(context.Caller(), new(id), cancellationToken) is not { } connection)
            return NoSuch(id);
        var view = await views.OfAsync(connection, cancellationToken);
        return TypedResults.Ok(result switch
        {
            ProbeResult.Passed passed => new TestReply(true, passed.AccountLabel, null, null, null, view, AccessReply.Of(standing)),
            ProbeResult.Failed failed => new TestReply(false, null, FailureReply.Of(failed.Failure), Guidance.For(failed.Failure), null, view),
            ProbeResult.NotPossible not => new TestReply(false, null, null, null, not.Reason, view),
            _ => throw new InvalidOperationException($"Unknown result {result.GetType().Name}."),
        });
    }

    private static async Task<Results<Ok<ConnectionView>, ProblemHttpResult>> MakeDefaultAsync(
        Guid id, HttpContext context, ConnectionSetup setup, ConnectionViews views, CancellationToken cancellationToken) =>
        await setup.MakeDefaultAsync(context.Caller(), new(id), cancellationToken) switch
        {
            SetupResult<Connection>.Done { Value: var connection } => TypedResults.Ok(await views.OfAsync(connection, cancellationToken)),
            var other => Problem.From(other),
        };

    private static async Task<Results<Ok<DisconnectReply>, ProblemHttpResult>> DisconnectAsync(
        Guid id, HttpContext context, ConnectionSetup setup, ConnectionViews views, CancellationToken cancellationToken) =>
        await setup.DisconnectAsync(context.Caller(), new(id), cancellationToken) switch
        {
            SetupResult<Disconnection>.Done { Value: var done } => TypedResults.Ok(new DisconnectReply(await views.OfAsync(done.Connection, cancellationToken), RevocationReply.Of(done.Revocation))),
            var other => Problem.From(other),
        };

    private static async Task<Results<Ok<LogReply>, ProblemHttpResult>> LogAsync(
        Guid id, [FromQuery] long? before, [FromQuery] int? limit, HttpContext context, ConnectionSetup setup, IConnectionLog log, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MostEntries)
            return Problem.Invalid("limit", $"1 to {MostEntries}.");
        if (await setup.FindAsync(context.Caller(), new(id), cancellationToken) is null)
            return NoSuch(id);
        var entries = await log.ListAsync(new(id), before, limit ?? 50, cancellationToken);
        return TypedResults.Ok(new LogReply([.. entries.Select(LogEntryReply.Of)], entries.Count < (limit ?? 50) ? null : entries[^1].Number));
    }

    private static async Task<Results<Ok<IReadOnlyList<HistoryDayReply>>, ProblemHttpResult>> HistoryAsync(
        Guid id, [FromQuery] int? days, HttpContext context, ConnectionSetup setup, IConnectionLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        if (days is < 1 or > 90)
            return Problem.Invalid("days", "1 to 90.");
        if (await setup.FindAsync(context.Caller(), new(id), cancellationToken) is not { } connection)
            return NoSuch(id);
        var history = await ConnectionHistory.ReadAsync(log, connection, days ?? 30, time.GetUtcNow(), cancellationToken);
        return TypedResults.Ok<IReadOnlyList<HistoryDayReply>>([.. history.Select(HistoryDayReply.Of)]);
    }

    private static async Task<Results<Ok<ConnectionUses>, ProblemHttpResult>> UsesAsync(Guid id, HttpContext context, ConnectionSetup setup, CancellationToken cancellationToken) =>
        await setup.FindUsesAsync(context.Caller(), new(id), cancellationToken) is { } uses ? TypedResults.Ok(uses) : NoSuch(id);

    private static async Task<Results<Ok<RevocationReply>, ProblemHttpResult>> RemoveAsync(
        Guid id, [FromQuery] bool? force, HttpContext context, ConnectionSetup setup, CancellationToken cancellationToken) =>
        await setup.RemoveAsync(context.Caller(), new(id), force ?? false, cancellationToken) switch
        {
            SetupResult<Disconnection>.Done { Value: var done } => TypedResults.Ok(RevocationReply.Of(done.Revocation)),
            var other => Problem.From(other),
        };

    private static ProblemHttpResult NoSuch(Guid id) => Problem.NotFound($"There is no connection {id} that you may manage.");
}
