namespace Recipes.Connections;

/// <summary>How far a connector has been tried.</summary>
public enum Tried
{
    /// <summary>Written from the app's documentation; checked as a file, never against the app.</summary>
    NotLive,
    /// <summary>A test of this repository runs it against the running app.</summary>
    Live,
}
