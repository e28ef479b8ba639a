namespace Recipes.Node;

/// <summary>A step of a refresh at which a node kills itself, as a power cut would.</summary>
public enum CrashPoint
{
    Never,
    /// <summary>It has its turn; nothing is written down yet.</summary>
    LeaseTaken,
    /// <summary>It has written down that it sends, and has not sent.</summary>
    SentMarked,
    /// <summary>The provider's reply is there, and nowhere stored.</summary>
    ReplyReceived,
    /// <summary>The reply could not be stored, and is kept in the lease.</summary>
    ReplyKept,
    /// <summary>The reply is stored.</summary>
    ReplyStored,
    /// <summary>All is done but to give the lease back.</summary>
    LeaseReleasing,
}
