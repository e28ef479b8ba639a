namespace Recipes.Engine;

/// <summary>One input of a call that is missing, unknown or of the wrong type.</summary>
public sealed record InputFault(string Input, string Message);

/// <summary>Checks the input of a call against what the recipe declares and fills in defaults.</summary>
internal static class InputReader
{
    private static readonly InputFault[] s_none = [];

    /// <param name="accepted">The input to run with: what was given, converted, and defaults for the rest.</param>
    /// <param name="maxSize">Most bytes, as <see cref="DataSize.Of"/> counts them.</param>
    /// <param name="isOpen">Whether it takes what it does not declare as well: what a trigger brought.</param>
    /// <returns>Everything that is wrong with it.</returns>
    public static IReadOnlyList<InputFault> Read(RecipeInput[] declared, IReadOnlyDictionary<string, object?> given, out IReadOnlyDictionary<string, object?> accepted, long maxSize = long.MaxValue, bool isOpen = false)
    {
        accepted = given;
        if (declared.Length == 0 && given.Count == 0)
            return s_none;
        var size = DataSize.Of(given);
        if (size > maxSize)
            return [new(given.MaxBy(i => DataSize.Of(i.Value)).Key, $"The input is too large: it has {DataSize.Print(size)} in all, and at most {DataSize.Print(maxSize)} are taken.")];
        if (declared.Length == 0 && isOpen)
            return s_none;
        List<InputFault>? faults = null;
        var values = new Dictionary<string, object?>(declared.Length);
        var known = 0;
        foreach (var input in declared)
        {
            if (given.TryGetValue(input.Name, out var value))
                known++;
            if (value is null)
            {
                if (input.Required)
                    (faults ??= []).Add(new(input.Name, $"The input '{input.Name}' is missing: give a value of type {input.Type.Name}."));
                values[input.Name] = input.Default;
            }
            else if (DataConversion.TryAccept(input.Type, value, out var fitting, out var problem))
            {
                values[input.Name] = fitting;
            }
            else
            {
                (faults ??= []).Add(new(input.Name, $"The input '{input.Name}' {problem}."));
            }
        }

        if (known < given.Count)
        {
            foreach (var name in given.Keys)
            {
                if (values.ContainsKey(name) || Array.Exists(declared, i => i.Name == name))
                    continue;
                if (isOpen)
                    values[name] = given[name];
                else
                    (faults ??= []).Add(new(name, $"The recipe has no input '{name}'.{DidYouMean.Hint(name, declared.Select(i => i.Name))}"));
            }
        }

        accepted = values;
        return faults ?? (IReadOnlyList<InputFault>)s_none;
    }
}
