namespace Recipes.Host;

/// <summary>Where Elsa Studio's files are.</summary>
public sealed class StudioShellOptions
{
    public const string Section = "Studio";

    /// <summary>Folder of the installed npm package <c>@elsa-workflows/elsa-studio-wasm</c>.</summary>
    /// <value>Default: <c>elsa-studio</c> beside the program, where publishing puts it; in a checkout the folder that npm installs into. When nothing is there, the host starts without the designer.</value>
    public string? Folder { get; set; }
}
