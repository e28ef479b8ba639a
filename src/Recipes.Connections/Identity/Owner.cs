namespace Recipes.Connections;

/// <summary>Whose account a connection acts as.</summary>
public enum OwnerKind
{
    Organisation,
    Customer,
    User,
}

/// <summary>Whose account a connection acts as: the organisation itself (no id), a customer or one user.</summary>
public readonly record struct Owner(OwnerKind Kind, string? Id)
{
    public static Owner Organisation { get; } = new(OwnerKind.Organisation, null);

    public static Owner Of(UserId user) => new(OwnerKind.User, user.Value);

    public bool Is(UserId user) => Kind == OwnerKind.User && Id == user.Value;

    public override string ToString() => Kind == OwnerKind.Organisation ? "the organisation" : $"{Id}";
}
