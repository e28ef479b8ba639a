namespace Recipes.Connections;

/// <summary>One thing wrong with what was asked for.</summary>
/// <param name="Path">Where, as a path into the request: <c>presets.baseUrl</c>.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record SetupFault(string Path, string Message);

/// <summary>What came of setting something up.</summary>
public abstract record SetupResult<T>
{
    private SetupResult() { }

    public sealed record Done(T Value) : SetupResult<T>;

    public sealed record Invalid(IReadOnlyList<SetupFault> Faults) : SetupResult<T>;

    public sealed record NotFound(string Reason) : SetupResult<T>;

    public sealed record Forbidden(string Reason) : SetupResult<T>;

    public sealed record Conflict(string Reason) : SetupResult<T>;

    /// <summary>What was given belongs to another account than the one there is. Nothing was changed; said on purpose it is taken.</summary>
    public sealed record OtherAccount(string Reason) : SetupResult<T>;

    /// <summary>Something would miss it. Asked for with force it is done all the same.</summary>
    public sealed record InUse(string Reason, ConnectionUses Uses) : SetupResult<T>;
}
