namespace Recipes.Connections;

/// <summary>How waiting for another node's refresh ended.</summary>
internal enum LeaseWaitOutcome
{
    /// <summary>The lease came free and was taken.</summary>
    Taken,
    /// <summary>The other node's new token was there.</summary>
    Served,
    /// <summary>It took too long: the caller may try again.</summary>
    GaveUp,
}
