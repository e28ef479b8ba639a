namespace Recipes.Connections;

/// <summary>A connection that is to be checked, on its way through the hosts that have to be asked.</summary>
internal sealed class DueCheck(CheckClaim claim, string host)
{
    public CheckClaim Claim => claim;

    /// <summary>The host that it is to ask next.</summary>
    public string Host { get; set; } = host;

    /// <summary>The connection, once a check has begun.</summary>
    public LiveConnection? Live { get; set; }

    /// <summary>Whether its tokens have been seen to.</summary>
    public bool IsRenewed { get; set; }

    /// <summary>Why there are no new tokens although there should be; the ones at hand live on.</summary>
    public Failure? NotRenewed { get; set; }
}

/// <summary>What came of asking one host.</summary>
internal abstract record CheckStep
{
    private CheckStep() { }

    /// <summary>Another host has to be asked.</summary>
    public sealed record Moved(string Host) : CheckStep;

    /// <summary>The check is done with.</summary>
    /// <param name="Answered">Whether the host answered; null when it was not asked, or something else failed.</param>
    public sealed record Done(DateTimeOffset NextAt, bool? Answered) : CheckStep;
}
