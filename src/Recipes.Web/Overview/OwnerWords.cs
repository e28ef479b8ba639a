namespace Recipes.Web;

/// <summary>Owners as people read them.</summary>
internal static class OwnerWords
{
    public static string Of(Owner owner, UserId reader) => owner.Kind switch
    {
        OwnerKind.Organisation => "Organisation",
        _ when owner.Is(reader) => "You",
        _ => owner.Id ?? "",
    };
}
