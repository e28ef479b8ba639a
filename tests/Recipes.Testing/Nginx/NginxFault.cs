namespace Recipes.Testing;

/// <summary>How <c>/basic/</c> and <c>/key/</c> of an <see cref="NginxServer"/> answer, whatever the credential.</summary>
public enum NginxFault
{
    /// <summary>As they should.</summary>
    None,

    /// <summary>429 with Retry-After: 5 and a JSON body.</summary>
    RateLimited,

    /// <summary>503 in HTML with Retry-After: 120.</summary>
    Maintenance,

    /// <summary>500 in HTML.</summary>
    Error,

    /// <summary>502 in HTML: the server behind refuses.</summary>
    BadGateway,

    /// <summary>504 in HTML: the server behind is silent.</summary>
    GatewayTimeout,

    /// <summary>The connection is closed without an answer.</summary>
    Drop,

    /// <summary>No answer for a minute.</summary>
    Hang,

    /// <summary>403 in HTML: the credential is right, the permission missing.</summary>
    Forbidden,
}
