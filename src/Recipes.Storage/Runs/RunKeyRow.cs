namespace Recipes.Storage;

/// <summary>A key that a run was started with; no other run of the tenant is.</summary>
internal sealed class RunKeyRow
{
    public required string Tenant { get; init; }
    public required string Key { get; init; }
    public Guid RunId { get; init; }
}
