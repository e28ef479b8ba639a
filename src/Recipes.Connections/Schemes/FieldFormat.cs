namespace Recipes.Connections;

/// <summary>Usual forms of texts.</summary>
public enum FieldFormat
{
    /// <summary>A host name without scheme, port or path. Source: RFC 1123 §2.1.</summary>
    Hostname,
    /// <summary>An e-mail address, without a display name.</summary>
    Email,
    /// <summary>32 hexadecimal digits in five groups. Source: RFC 9562 §4.</summary>
    Uuid,
}
