namespace Recipes.Conformance;

/// <summary>Which of an app's doors a request knocks at.</summary>
internal enum Door
{
    /// <summary>Anything below the base address.</summary>
    Api,
    /// <summary>Where tokens come from: token endpoint, OAuth 1.0 exchange, login.</summary>
    Token,
    Revocation,
    Introspection,
    /// <summary>Metadata, device authorization, pushed requests and the like.</summary>
    Other,
}

/// <summary>What goes wrong between Recipes and a stand-in.</summary>
internal abstract record Fault
{
    private Fault() { }

    /// <summary>Something else answers in the app's place.</summary>
    public sealed record Reply(Func<ReceivedRequest, StandInReply> Answer) : Fault
    {
        public Reply(StandInReply reply)
            : this(_ => reply)
        {
        }
    }

    /// <summary>The app does its work, its answer is changed on the way.</summary>
    public sealed record Change(Func<StandInReply, StandInReply> Answer) : Fault;

    /// <summary>The connection is cut without an answer.</summary>
    public sealed record Drop : Fault;

    /// <summary>No answer comes, for longer than anybody waits.</summary>
    public sealed record Hang : Fault;
}

/// <summary>Stands before a stand-in and lets faults happen at one door at a time.</summary>
internal sealed class FaultProxy
{
    private readonly Lock _lock = new();
    private (Door Door, Fault Fault)? _armed;

    /// <summary>From now on, until <see cref="Disarm"/>, this happens at that door.</summary>
    public void Arm(Door door, Fault fault)
    {
        lock (_lock)
            _armed = (door, fault);
    }

    public void Disarm()
    {
        lock (_lock)
            _armed = null;
    }

    public Fault? At(Door door)
    {
        lock (_lock)
            return _armed is { } armed && armed.Door == door ? armed.Fault : null;
    }
}
