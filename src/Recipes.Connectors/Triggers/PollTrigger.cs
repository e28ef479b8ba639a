using Recipes.Connections;

namespace Recipes.Connectors;

/// <summary>What the first poll hands over.</summary>
public enum FirstPoll
{
    /// <summary>Only what comes after the trigger was switched on.</summary>
    Now,
    /// <summary>Everything there is.</summary>
    All,
}

/// <summary>A trigger that asks the app again and again, page by page.</summary>
public abstract class PollTrigger : ConnectorTrigger
{
    /// <summary>Pause between polls, unless a recipe says otherwise.</summary>
    /// <value>10 seconds to 7 days, default 5 minutes.</value>
    public abstract TimeSpan Every { get; }

    /// <summary>What the first poll hands over, unless a recipe says otherwise.</summary>
    public virtual FirstPoll First => FirstPoll.Now;

    /// <summary>Asks for one page. Repeated with the same cursor it hands over the same records and perhaps more, never fewer.</summary>
    /// <param name="inputs">Plain data by input name; a missing one takes its default.</param>
    /// <param name="cursor">As the last page gave it; null on the very first.</param>
    /// <param name="first">Counts while <paramref name="cursor"/> is null.</param>
    public abstract ValueTask<PollAnswer> PollAsync(
        ConnectionClient client, IReadOnlyDictionary<string, object?> inputs, string? cursor, FirstPoll first, DateTimeOffset now, CancellationToken cancellationToken);
}
