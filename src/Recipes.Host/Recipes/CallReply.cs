using System.Text.Json.Nodes;
using Recipes.Connections;
using Recipes.Engine;
using Recipes.Web;

namespace Recipes.Host;

/// <summary>What came of a call.</summary>
/// <param name="Output">The recipe's outputs by name; left out while it runs and when it did not complete.</param>
public sealed record CallReply(Guid RunId, RunStatus Status, JsonNode? Output, RunFailureReply? Failure)
{
    internal static CallReply Of(Run run) => new(run.Id.Value, run.Status, JsonOf(run.Output), RunFailureReply.Of(run.Failure));

    internal static JsonNode? JsonOf(ReadOnlyMemory<byte> json) => json.IsEmpty ? null : JsonNode.Parse(json.Span);
}

/// <param name="Kind">For a failed request through a connection: what has to be done about it.</param>
/// <param name="Guidance">What to do, in plain words.</param>
/// <param name="Doubtful">Whether the app may have done it all the same.</param>
public sealed record RunFailureReply(string Message, string? Step, string? Recipe, FailureKind? Kind, string? Guidance, bool Doubtful = false)
{
    internal static RunFailureReply? Of(RunFailure? failure) => failure is null ? null : new(failure.Message, failure.Step, failure.Recipe, failure.Kind, failure.Guidance, failure.IsDoubtful);
}

/// <param name="AuthorizeUrl">Where it can be authorised; left out where authorising would not help.</param>
/// <param name="Choices">Connections to choose from, where there are several and none is the default.</param>
/// <param name="MissingScopes">Scopes that the recipe needs and that were not granted; left out when that is not what is missing.</param>
public sealed record MissingConnectionReply(string Key, string Reason, Uri? AuthorizeUrl, IReadOnlyList<Guid>? Choices, IReadOnlyList<string>? MissingScopes)
{
    internal static MissingConnectionReply Of(MissingConnection missing, string recipe, PublicAddress address) => new(
        missing.Key.Value, missing.Reason, missing.AuthorizePath is { } path ? address.Of(RecipeWords.AuthorizePath(path, recipe)) : null,
        missing.Choices.Count > 0 ? [.. missing.Choices.Select(c => c.Value)] : null, missing.Scopes.Count > 0 ? missing.Scopes : null);
}
