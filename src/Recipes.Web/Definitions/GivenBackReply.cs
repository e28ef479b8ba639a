namespace Recipes.Web;

/// <summary>A connection that went with its definition, and whether its grant was given back.</summary>
/// <param name="Connection">Its id.</param>
/// <param name="Name">What people called it.</param>
public sealed record GivenBackReply(Guid Connection, string Name, RevocationReply Revocation)
{
    public static GivenBackReply Of(Disconnection gone) => new(gone.Connection.Id.Value, gone.Connection.Record.DisplayName, RevocationReply.Of(gone.Revocation));
}
