namespace Recipes.Engine;

/// <summary>What a delivery to a webhook is answered.</summary>
public abstract record HookAnswer
{
    private HookAnswer() { }

    /// <summary>Nobody has this address.</summary>
    public sealed record Unknown : HookAnswer;

    /// <summary>It is switched off.</summary>
    public sealed record Off : HookAnswer;

    /// <summary>It is not genuine.</summary>
    public sealed record Refused : HookAnswer;

    /// <summary>Every event of it has its run, which is stored.</summary>
    public sealed record Taken(int Runs) : HookAnswer;

    /// <summary>Genuine, and nothing that is waited for.</summary>
    public sealed record Ignored : HookAnswer;

    /// <summary>The app makes sure that somebody listens.</summary>
    public sealed record Challenge(int Status, string ContentType, string Body) : HookAnswer;

    /// <summary>Too much at once: nothing of it was taken, and it may come again.</summary>
    public sealed record Busy(TimeSpan RetryAfter) : HookAnswer;

    /// <summary>Its recipe cannot start a run now: it may come again.</summary>
    public sealed record NotNow(TimeSpan RetryAfter) : HookAnswer;
}
