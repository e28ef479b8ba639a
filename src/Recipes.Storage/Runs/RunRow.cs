namespace Recipes.Storage;

/// <summary>A run as it is read; an <see cref="IRunTable"/> writes it. Large columns come last, so that a scan need not step over them.</summary>
internal sealed class RunRow
{
    public Guid Id { get; init; }
    public required string Tenant { get; init; }
    public required string Recipe { get; init; }
    public required string RecipeVersion { get; init; }
    public required string Status { get; init; }
    public required string Caller { get; init; }
    public string? RuntimeUser { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? Failure { get; init; }
    public required string Connections { get; init; }
    public required byte[] Input { get; init; }
    public byte[]? Output { get; init; }

    /// <summary>JSON, UTF-8.</summary>
    public required byte[] Journal { get; init; }

    /// <summary>The node that it runs or ran on; null for those from before nodes were told apart.</summary>
    public Guid? Node { get; init; }
}
