using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace Recipes.Storage;

/// <summary>Data Protection's own key manager, which can be told that another node made a key: by itself it looks once a day.</summary>
internal sealed class SharedKeyManager(XmlKeyManager own) : IKeyManager, IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _current;

    public IKey CreateNewKey(DateTimeOffset activationDate, DateTimeOffset expirationDate) => own.CreateNewKey(activationDate, expirationDate);

    public IReadOnlyCollection<IKey> GetAllKeys() => own.GetAllKeys();

    /// <inheritdoc/>
    /// <remarks>The ring that was read while it is good is thrown away when it is cancelled.</remarks>
    public CancellationToken GetCacheExpirationToken()
    {
        lock (_lock)
        {
            if (_current is not { IsCancellationRequested: false })
                _current = CancellationTokenSource.CreateLinkedTokenSource(own.GetCacheExpirationToken());
            return _current.Token;
        }
    }

    public void RevokeKey(Guid keyId, string? reason = null) => own.RevokeKey(keyId, reason);

    public void RevokeAllKeys(DateTimeOffset revocationDate, string? reason = null) => own.RevokeAllKeys(revocationDate, reason);

    /// <summary>Has the ring read anew when it is needed next.</summary>
    public void Forget()
    {
        lock (_lock)
            _current?.Cancel();
    }

    public void Dispose() => _current?.Dispose();
}
