namespace Recipes.Connections;

/// <summary>Leaves requests as they are.</summary>
internal sealed class NothingAuthenticator : RequestAuthenticator
{
    public static NothingAuthenticator Instance { get; } = new();

    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
