using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>Whether the connections of a recipe are ready when it is published: those of the organisation have to be; those that each user brings are asked for when it is called.</summary>
internal sealed class PublicationCheck(IConnectionStore store, PublicAddress address)
{
    public async Task<IReadOnlyList<RecipeFault>> FindAsync(Recipe recipe, Caller caller, CancellationToken cancellationToken)
    {
        var faults = new List<RecipeFault>();
        foreach (var need in recipe.Needs)
        {
            if (await FindAsync(need, caller, cancellationToken) is { } problem)
                faults.Add(new(recipe.Name, problem));
        }

        return faults;
    }

    private async Task<string?> FindAsync(RecipeNeed need, Caller caller, CancellationToken cancellationToken)
    {
        var definition = await store.FindDefinitionAsync(caller.Tenant, need.Key, cancellationToken);
        if (definition is null)
            return $"The connection '{need.Key}' is not set up yet. Set it up at {Page($"/connections/new?connector={need.Connector}&key={need.Key}")}.";
        if (definition.Connector != need.Connector)
            return $"The connection '{need.Key}' belongs to {definition.Connector}, but the recipe uses it with {need.Connector}. Choose another one.";
        if (definition.RuntimeUser != RuntimeUserPolicy.Off || need.Policy is not null)
            return null;
        var own = (await store.ListAsync(caller.Tenant, new ConnectionFilter { Definition = definition.Id, Owner = Owner.Organisation }, cancellationToken)).Where(c => c.State != ConnectionState.Disconnected).ToList();
        if (own.Count == 0)
            return $"The organisation has no account connected for '{need.Key}' yet. Connect one at {Page($"/connect/{need.Key}")}.";
        // An outage is nobody's fault, and over some time; what a person has to mend keeps a recipe from working at all.
        return own.Exists(c => c.State is ConnectionState.Connected or ConnectionState.Suspect)
            ? null
            : $"The organisation's connection '{need.Key}' has to be authorised again first, at {Page($"/connections/{own[0].Id}")}.";
    }

    private Uri Page(string path) => new(address.Origin, path);
}
