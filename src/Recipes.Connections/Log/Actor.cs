namespace Recipes.Connections;

/// <summary>Who or what did something to a connection, as its log names it.</summary>
/// <param name="Kind">A person, an action of a recipe, or Recipes itself.</param>
/// <param name="Name">The user's or the action's name; null for Recipes itself.</param>
public readonly record struct Actor(ActorKind Kind, string? Name)
{
    /// <summary>Recipes itself, with nobody asking.</summary>
    public static Actor System { get; } = new(ActorKind.System, null);

    /// <summary>The scheduled check.</summary>
    public static Actor Revalidation { get; } = new(ActorKind.Revalidation, null);

    public static Actor Of(UserId user) => new(ActorKind.Person, user.Value);

    /// <param name="name">Type name of the action, for instance <c>SandboxCrm.CreateOpportunity</c>.</param>
    public static Actor Action(string name) => new(ActorKind.Action, name);
}

/// <summary>What kind of <see cref="Actor"/> it is.</summary>
public enum ActorKind
{
    System,
    Person,
    Action,
    Revalidation,
}
