namespace Recipes.Connectors;

/// <summary>How the body of a request is written.</summary>
internal enum BodyType
{
    None,
    Json,
    /// <summary>application/x-www-form-urlencoded; lists repeat their name.</summary>
    Form,
    Text,
}
