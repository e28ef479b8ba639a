namespace Recipes.Connections;

/// <summary>How waiting for another node's refresh ended.</summary>
internal enum LeaseWaitOutcome
{
    /// <summary>The lease came free and was taken.</summary>
    Taken,
    /// <summary>The other node's new token was there.</summary>
    Served,
    /// <summary>The other node's refresh failed, or it took too long.</summary>
    CameToNothing,
}
