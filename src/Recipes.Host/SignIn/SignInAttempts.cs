using System.Threading.RateLimiting;

namespace Recipes.Host;

/// <summary>Counts failed sign-ins by address: 10 a minute.</summary>
internal sealed class SignInAttempts : IDisposable
{
    private readonly PartitionedRateLimiter<string> _failures = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetFixedWindowLimiter(address, _ => new FixedWindowRateLimiterOptions { PermitLimit = 10, Window = TimeSpan.FromMinutes(1) }));

    public bool MayTry(HttpContext context) => _failures.GetStatistics(Address(context)) is not { CurrentAvailablePermits: 0 };

    public void Failed(HttpContext context) => _failures.AttemptAcquire(Address(context)).Dispose();

    public void Dispose() => _failures.Dispose();

    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";
}
