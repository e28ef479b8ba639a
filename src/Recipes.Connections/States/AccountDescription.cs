namespace Recipes.Connections;

/// <summary>What kind of space of the app an account is in, as far as somebody said.</summary>
public enum AccountEnvironment
{
    Unknown,
    Production,
    Sandbox,
}

/// <summary>Whose account it is, as far as somebody said.</summary>
public enum AccountKind
{
    Unknown,
    /// <summary>A person's own: it ends when they leave, and everything is recorded under their name.</summary>
    Personal,
    /// <summary>An account that belongs to no person and is there for programs.</summary>
    Service,
}
