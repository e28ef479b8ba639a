using System.Collections.Frozen;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Recipes.Connections;

/// <summary>Whether a request that failed may have done what it was there for.</summary>
/// <remarks>Source: RFC 9110 §9.2.2, and IANA's registry of methods for those that are idempotent.</remarks>
public static class Doubt
{
    private static readonly FrozenSet<string> s_idempotent =
        new[] { "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PROPFIND", "REPORT", "SEARCH", "QUERY", "MKCOL", "MKCALENDAR" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether sending a request of this method twice may do more than sending it once.</summary>
    public static bool IsPossible(HttpMethod method) => !s_idempotent.Contains(method.Method);

    /// <summary>After an answer: one that says that the app, or what stands before it, came to grief.</summary>
    public static bool IsLeftBy(HttpMethod method, Failure failure) => IsPossible(method) && failure is { Status: 408 or >= 500 };

    /// <summary>Without an answer: unless it surely never arrived.</summary>
    public static bool IsLeftBy(HttpMethod method, Exception exception)
    {
        if (!IsPossible(method))
            return false;
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is EgressRefusedException or AuthenticationException
                or HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError }
                or SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData })
                return false;
        }

        return true;
    }
}
