namespace Recipes.Connections;

/// <summary>Puts one credential on requests. Thread-safe, allocates next to nothing.</summary>
public abstract class RequestAuthenticator
{
    /// <summary>Authenticates the request. Its address is absolute and its content buffered; both are put back afterwards.</summary>
    /// <exception cref="FormatException">When this request cannot carry the credential.</exception>
    public abstract ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellationToken);

    /// <summary>Whether it signs the request, so that whatever else is put on it has to be there before.</summary>
    public virtual bool SignsRequest => false;

    /// <summary>Takes the headers it set off again, so that whoever gets the request back sees no credential; address and content are put back anyway.</summary>
    public virtual void Withdraw(HttpRequestMessage request)
    {
    }

    /// <summary>Secrets beside those of the connection's credential that its requests carry, so that no text shows them.</summary>
    public virtual IReadOnlyList<Secret> Secrets => [];

    /// <summary>Whether a refusal asks for the same request once more with something that came with it (a digest challenge, a DPoP nonce), which is kept for the next <see cref="ApplyAsync"/>.</summary>
    public virtual bool TakeChallenge(HttpResponseMessage response) => false;

    /// <summary>Sees every answer that is no challenge, for instance for a nonce to use next time.</summary>
    public virtual void Answered(HttpResponseMessage response)
    {
    }
}
