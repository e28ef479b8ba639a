namespace Recipes.Host;

/// <summary>What an input of a recipe is typed into.</summary>
internal enum CallControl
{
    Text,
    Number,
    Checkbox,

    /// <summary>Yes, no, or nothing said.</summary>
    YesNo,
    Date,
    TimeOfDay,

    /// <summary>A point in time.</summary>
    Moment,
    Duration,

    /// <summary>One item a line.</summary>
    Lines,
    Json,
}
