namespace Recipes.Connectors;

/// <summary>What makes a request ask for a further page.</summary>
internal abstract record NextPage
{
    private NextPage()
    {
    }

    /// <summary>A parameter says it.</summary>
    public sealed record Parameter(string Name, object Value, bool InBody) : NextPage;

    /// <summary>The page has an address of its own.</summary>
    public sealed record Address(Uri Uri) : NextPage;
}
