namespace Recipes.Connections;

/// <summary>What people see of a connection.</summary>
public enum Health
{
    /// <summary>Configured but not used yet, or not set up to the end.</summary>
    Yellow,
    /// <summary>Used with success.</summary>
    Green,
    /// <summary>Broken; its failure says how.</summary>
    Red,
    /// <summary>Disconnected.</summary>
    Grey,
}
