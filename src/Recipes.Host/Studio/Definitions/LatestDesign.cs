using System.Text.Json.Nodes;
using Recipes.Engine;

namespace Recipes.Host;

/// <summary>What is worked on of a recipe, as one read found it.</summary>
/// <param name="Draft">Null where that is the file.</param>
internal sealed record LatestDesign(DesignedVersion Version, JsonObject Source, RecipeDraft? Draft);
