using System.Collections.Concurrent;
using System.Net.Http;

namespace Recipes.Connections;

/// <summary>One connection pool per client certificate: a connection opened with one must never carry another's requests.</summary>
internal sealed class CertificatePools(Func<ClientCertificate, SocketsHttpHandler> create, TimeProvider time) : IDisposable
{
    /// <summary>From so many on, those that were not used for a while are closed.</summary>
    internal const int Many = 64;

    private const int Most = 1024;

    // Longer than any request takes, so that none is cut off.
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, Pool> _pools = new();
    private readonly Lock _adding = new();

    internal int Count => _pools.Count;

    public HttpMessageInvoker Get(ClientCertificate certificate)
    {
        if (!_pools.TryGetValue(certificate.Thumbprint, out var pool))
        {
            lock (_adding)
            {
                if (!_pools.TryGetValue(certificate.Thumbprint, out pool))
                {
                    Clean();
                    pool = new Pool(new HttpMessageInvoker(create(certificate), disposeHandler: true));
                    _pools[certificate.Thumbprint] = pool;
                }
            }
        }

        pool.LastUsed = time.GetTimestamp();
        return pool.Invoker;
    }

    public void Dispose()
    {
        foreach (var pool in _pools.Values)
            pool.Invoker.Dispose();
        _pools.Clear();
    }

    private void Clean()
    {
        if (_pools.Count < Many)
            return;
        foreach (var (thumbprint, pool) in _pools.OrderBy(p => p.Value.LastUsed).ToArray())
        {
            // Past the limit the oldest goes even so: its requests fail as on a broken connection.
            if (time.GetElapsedTime(pool.LastUsed) < s_idle && _pools.Count < Most)
                return;
            if (_pools.TryRemove(thumbprint, out _))
                pool.Invoker.Dispose();
        }
    }

    private sealed class Pool(HttpMessageInvoker invoker)
    {
        public HttpMessageInvoker Invoker { get; } = invoker;
        public long LastUsed { get; set; }
    }
}
