using Recipes.Connections;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>A recipe as it is known now.</summary>
/// <param name="Callable">Whether programs and other recipes may call it, with a runtime user.</param>
/// <param name="CanRun">Whether a version of it can run: the newest file, or an older one kept because the newest has faults.</param>
/// <param name="Version">First digits of the SHA-256 of the file that runs.</param>
/// <param name="Faults">What is wrong with the newest file.</param>
public sealed record RecipeReply(
    string Name, string? DisplayName, string? Description, bool Callable, bool CanRun, string Version, DateTimeOffset LoadedAt,
    IReadOnlyList<RecipeInputReply> Inputs, IReadOnlyList<RecipeOutputReply> Outputs, IReadOnlyList<RecipeNeedReply> Connections,
    IReadOnlyList<RecipeFaultReply> Faults, IReadOnlyList<RecipeFaultReply> Warnings)
{
    internal static RecipeReply Of(Recipe recipe) => new(
        recipe.Name, recipe.DisplayName, recipe.Description, recipe.IsCallable, recipe.CanRun, recipe.Version, recipe.LoadedAt,
        [.. recipe.Inputs.Select(i => new RecipeInputReply(i.Name, i.DisplayName, i.Type.Name, i.Required, i.Description))],
        [.. recipe.Outputs.Select(o => new RecipeOutputReply(o.Name, o.DisplayName, o.Type.Name))],
        [.. recipe.Needs.Select(n => new RecipeNeedReply(n.Key.Value, n.Connector, n.Scopes.Count > 0 ? n.Scopes : null))],
        [.. recipe.Faults.Select(RecipeFaultReply.Of)], [.. recipe.Warnings.Select(RecipeFaultReply.Of)]);
}

public sealed record RecipeInputReply(string Name, string? DisplayName, string Type, bool Required, string? Description);

public sealed record RecipeOutputReply(string Name, string? DisplayName, string Type);

/// <param name="Key">Stable key that its steps name.</param>
/// <param name="Scopes">Scopes that its actions need where the connection is one of OAuth 2.0; left out when nobody said.</param>
public sealed record RecipeNeedReply(string Key, string Connector, IReadOnlyList<string>? Scopes);

/// <param name="Path">Place in the JSON; left out where the file could not be read that far (then line and column say where).</param>
public sealed record RecipeFaultReply(string Message, string? Activity, string? Path, int? Line, int? Column)
{
    internal static RecipeFaultReply Of(RecipeFault fault) => new(fault.Message, fault.Activity, fault.Path, fault.Line, fault.Column);
}

/// <summary>One connection that a call would use, or what is missing for it.</summary>
/// <param name="Connection">The connection a call would use; left out when it would be refused.</param>
/// <param name="ActingAs">Whose account would act.</param>
/// <param name="AuthorizeUrl">Where the missing connection can be authorised.</param>
/// <param name="Choices">Connections to choose from, where there are several and none is the default.</param>
/// <param name="Warning">Why the connection is of the wrong kind for this installation; left out when nothing is known against it.</param>
public sealed record NeededConnectionReply(
    string Key, string Connector, RuntimeUserPolicy RuntimeUser, Guid? Connection, string? ConnectionName, string? ActingAs, ConnectionChoice? Choice,
    string? Missing, Uri? AuthorizeUrl, IReadOnlyList<Guid>? Choices, IReadOnlyList<string>? MissingScopes, string? Warning)
{
    internal static NeededConnectionReply Of(NeededConnection needed, string recipe, string? warning, PublicAddress address) => new(
        needed.Key.Value, needed.Connector, needed.Policy, needed.Bound?.Id.Value, needed.Bound?.DisplayName, needed.Bound?.ActingAs.ToString(), needed.Bound?.Choice,
        needed.Missing?.Reason, needed.Missing?.AuthorizePath is { } path ? address.Of(RecipeWords.AuthorizePath(path, recipe)) : null,
        needed.Missing is { Choices.Count: > 0 } missing ? [.. missing.Choices.Select(c => c.Value)] : null, needed.Missing is { Scopes: { Count: > 0 } scopes } ? scopes : null, warning);
}
