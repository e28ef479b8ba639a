using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

/// <summary>The page that shows a code to type in on another device.</summary>
/// <remarks>Source: RFC 8628 §3.3.</remarks>
internal static class DeviceEndpoints
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/connections/{id:guid}/device", ShowAsync).MayBeEmbedded();

    private static async Task<IResult> ShowAsync(
        Guid id, HttpContext context, ConnectionSetup setup, DeviceFlows devices, ConnectionViews views, Prober prober, ReturnAddress back, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        if (await setup.FindAsync(caller, new(id), cancellationToken) is not { } connection)
            return Page.Of<ErrorPage>(new() { ["Title"] = "There is no such connection", ["Detail"] = "The address is wrong, or the connection belongs to somebody else." }, StatusCodes.Status404NotFound);
        switch (await devices.LookAsync(connection.Id, cancellationToken))
        {
            case null:
                return new SeeOther(Embedding.IsOn(context) ? Embedding.Carry(context, ConnectPath.OfConsent(connection.Id, null, null)) : $"/connections/{id}");
            case { Status: DeviceFlowStatus.Connected, Return: var asked }:
                // Learns the account's name; whatever it shows is recorded on the connection.
                if (await setup.FindAsync(caller, connection.Id, cancellationToken) is { Record: { LastProbedAt: null, LastSuccessAt: null, Failure: null } })
                    await prober.ProbeAsync(connection.Id, Actor.Of(caller.User), cancellationToken);
                return new SeeOther((Embedding.IsOn(context) ? null : back.OfSuccess((await views.DescribeAsync(connection, cancellationToken)).Definition, connection, asked)) ?? Embedding.Carry(context, ConnectPath.OfConnected(connection.Id, asked.Recipe)));
            case var flow:
                var (definition, connector, scheme) = await views.DescribeAsync(connection, cancellationToken);
                if (flow is { Status: DeviceFlowStatus.Failed, Failure: { } failure } && back.OfFailure(definition, connection, flow.Return, failure) is { } elsewhere)
                    return new SeeOther(elsewhere);
                return Page.Of<DevicePage>(new() { ["Model"] = new ConnectionDetail(connection, definition, connector, scheme, caller.User, CanBeMadeDefault: false), ["Flow"] = flow });
        }
    }
}
