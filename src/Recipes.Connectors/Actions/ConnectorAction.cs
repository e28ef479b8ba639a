using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>JSON types of values that go into and come out of actions.</summary>
public enum ValueType
{
    Text,
    Number,
    Boolean,
    Object,
    List,
    Any,
}

/// <summary>One input of an action, as its form shows it.</summary>
public sealed record ActionInput
{
    /// <summary>Name as in the YAML file, camelCase; an activity's JSON property of the same name holds it.</summary>
    public required string Name { get; init; }
    public required string Label { get; init; }
    public ValueType Type { get; init; } = ValueType.Text;
    public bool Required { get; init; }

    /// <summary>Plain data (see <see cref="PlainData"/>); null when there is none.</summary>
    public object? Default { get; init; }
    public string? Help { get; init; }
    public string? Example { get; init; }
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Null where nothing can be asked for its values.</summary>
    public InputOptions? Options { get; init; }
}

/// <summary>One named output of an action.</summary>
public sealed record ActionOutput(string Name, string Label, ValueType Type);

/// <summary>An action of a connector, compiled from its file once: what it sends and what it makes of the answer.</summary>
public abstract class ConnectorAction
{
    /// <summary>Activity type in recipes: <c>SandboxCrm.CreateOpportunity</c>.</summary>
    public abstract string Type { get; }
    public abstract string DisplayName { get; }
    public abstract string? Description { get; }
    public abstract ConnectorProfile Connector { get; }
    public abstract IReadOnlyList<ActionInput> Inputs { get; }
    public abstract IReadOnlyList<ActionOutput> Outputs { get; }

    /// <summary>Scopes that it needs where the connection is one of OAuth 2.0; empty when nobody said.</summary>
    public virtual IReadOnlyList<string> Scopes => [];

    /// <summary>Whether the app knows a request that comes again by a key.</summary>
    public virtual bool TakesIdempotencyKey => false;

    /// <summary>Whether sending it twice does no more than sending it once: by its method, by the app's word, or because the app knows it by its key.</summary>
    /// <param name="inputs">As of <see cref="ExecuteAsync"/>.</param>
    public virtual bool MayRepeat(IReadOnlyDictionary<string, object?> inputs) => TakesIdempotencyKey;

    /// <summary>Sends the action's request and maps the answer.</summary>
    /// <param name="inputs">Plain data by input name; a missing one takes its default.</param>
    /// <param name="idempotencyKey">The same for every attempt of one step, and for nothing else: sent where the app declares how, so that it does what is asked once. Null when there is none.</param>
    public abstract ValueTask<ActionResult> ExecuteAsync(ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, CancellationToken cancellationToken, string? idempotencyKey = null);
}

/// <summary>What came of an action.</summary>
/// <param name="RequestLine">Method and address without secrets; null when nothing was sent.</param>
/// <param name="Status">HTTP status; null when there was no answer.</param>
public abstract record ActionResult(string? RequestLine, int? Status)
{
    /// <param name="Output">Plain data: an object with the mapped outputs.</param>
    public sealed record Succeeded(IReadOnlyDictionary<string, object?> Output, string? RequestLine, int? Status) : ActionResult(RequestLine, Status);

    public sealed record Failed(Failure Failure, string? RequestLine, int? Status) : ActionResult(RequestLine, Status)
    {
        /// <summary>Whether the same step may send it again although it is in doubt: the app knows it by its key.</summary>
        public bool MayRepeat { get; init; }
    }
}
