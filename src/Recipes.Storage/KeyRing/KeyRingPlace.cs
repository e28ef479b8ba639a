namespace Recipes.Storage;

/// <summary>Where the key ring is kept, in words for people.</summary>
/// <param name="Name">What they call it.</param>
/// <param name="Folder">The folder; null when it is in the database, with which it is backed up.</param>
internal sealed record KeyRingPlace(string Name, string? Folder)
{
    public string Restore => Folder is null ? "Restore that table from the backup that belongs to this database." : "Restore that folder from the backup that belongs to this database.";

    /// <summary>Whether nothing is there. Looked at from outside: asking Data Protection for a folder's keys makes the folder.</summary>
    public bool IsSurelyEmpty => Folder is not null && !Directory.EnumerateFiles(Folder, "key-*.xml").Any();
}
