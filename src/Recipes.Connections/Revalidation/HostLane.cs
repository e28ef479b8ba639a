namespace Recipes.Connections;

/// <summary>The checks that one host has to answer: those that wait, how many run, and whether it answers at all. Used by one thread.</summary>
internal sealed class HostLane(string host)
{
    /// <summary>After so many requests in a row without an answer a host is left alone.</summary>
    public const int MostUnanswered = 5;

    private readonly LinkedList<DueCheck> _waiting = new();
    private double _seconds;

    public string Host => host;
    public int Running { get; private set; }
    public int Waiting => _waiting.Count;

    /// <summary>Whether it stands in the line of lanes that have something to start.</summary>
    public bool IsReady { get; set; }

    /// <summary>How often in a row it did not answer.</summary>
    public int Unanswered { get; private set; }

    /// <summary>Since when it has not answered; null while it does.</summary>
    public DateTimeOffset? SilentSince { get; private set; }

    /// <summary>Until when it is left alone; null when it is not.</summary>
    public DateTimeOffset? ClosedUntil { get; set; }

    /// <summary>Whether nothing is known of it that would have to be remembered.</summary>
    public bool IsForgettable => Running == 0 && Waiting == 0 && SilentSince is null;

    /// <summary>How long somebody who comes now has to wait, as far as that can be told.</summary>
    public TimeSpan ExpectedWait(int most) => TimeSpan.FromSeconds(_seconds * Waiting / most);

    public bool CanStart(int most) => Waiting > 0 && Running < (Unanswered >= MostUnanswered ? 1 : most);

    public void Add(DueCheck check, bool first = false)
    {
        if (first)
            _waiting.AddFirst(check);
        else
            _waiting.AddLast(check);
    }

    public DueCheck Start()
    {
        var next = _waiting.First!.Value;
        _waiting.RemoveFirst();
        Running++;
        return next;
    }

    public void Ended(bool? answered, TimeSpan took, DateTimeOffset now)
    {
        Running--;
        if (answered is null)
            return;
        _seconds = _seconds == 0 ? took.TotalSeconds : (_seconds * 0.9) + (took.TotalSeconds * 0.1);
        if (answered.Value)
            (Unanswered, SilentSince, ClosedUntil) = (0, null, null);
        else
            (Unanswered, SilentSince) = (Unanswered + 1, SilentSince ?? now);
    }

    /// <summary>Takes out all that wait.</summary>
    public IReadOnlyList<DueCheck> Clear()
    {
        var all = _waiting.ToArray();
        _waiting.Clear();
        return all;
    }
}
