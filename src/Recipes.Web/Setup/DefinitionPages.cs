using Microsoft.AspNetCore.Http;

namespace Recipes.Web;

/// <summary>Shows the pages of one connection definition.</summary>
internal sealed class DefinitionPages(IConnectionStore store, IConnectionUses uses, ConnectionOverview overview, IConnectorProfiles connectors, PublicAddress address)
{
    /// <param name="faults">Why a change was not made.</param>
    /// <param name="asked">The change that was not taken.</param>
    /// <param name="clientId">A client id that was typed and not taken.</param>
    public async Task<IResult> ShowAsync(
        string key, Caller caller, IReadOnlyList<SetupFault> faults, int status, CancellationToken cancellationToken, DefinitionChange? asked = null, string? clientId = null)
    {
        if (await FindAsync(key, caller, cancellationToken) is not { } definition)
            return NoSuch();
        return Page.Of<DefinitionPage>(new()
        {
            ["Caller"] = caller,
            ["Definition"] = definition,
            ["Connector"] = connectors.Find(definition.Connector),
            ["Callback"] = address.CallbackOf(definition),
            ["OwnCallback"] = address.CallbackOf(definition with { UsesDevelopmentApp = false }),
            ["Touched"] = definition.ClientFailure is null ? 0 : (await CountAsync(caller, definition, cancellationToken)).Connected,
            ["Asked"] = asked,
            ["ClientId"] = clientId,
            ["Faults"] = faults,
        }, status);
    }

    public async Task<IResult> AskToDeleteAsync(string key, Caller caller, int status, CancellationToken cancellationToken)
    {
        if (!caller.Has(Privileges.ManageDefinitions))
            return Page.Of<ErrorPage>(new() { ["Title"] = "This is not permitted", ["Detail"] = "Removing a connection definition takes the privilege to manage definitions." }, StatusCodes.Status403Forbidden);
        if (await FindAsync(key, caller, cancellationToken) is not { } definition)
            return NoSuch();
        return Page.Of<DeleteDefinitionPage>(new()
        {
            ["Health"] = await CountAsync(caller, definition, cancellationToken),
            ["Uses"] = await uses.FindAsync(definition, null, cancellationToken),
        }, status);
    }

    private async Task<ConnectionDefinition?> FindAsync(string key, Caller caller, CancellationToken cancellationToken) =>
        StableKey.TryParse(key, out var parsed) ? await store.FindDefinitionAsync(caller.Tenant, parsed, cancellationToken) : null;

    private async Task<DefinitionHealth> CountAsync(Caller caller, ConnectionDefinition definition, CancellationToken cancellationToken) =>
        (await overview.SummariseAsync(caller, cancellationToken)).Definitions.FirstOrDefault(d => d.Definition.Id == definition.Id) ?? new(definition, new Dictionary<Health, int>());

    public static IResult NoSuch() =>
        Page.Of<ErrorPage>(new() { ["Title"] = "There is no such connection definition", ["Detail"] = "The address is wrong, or an operator has to set it up first." }, StatusCodes.Status404NotFound);
}
