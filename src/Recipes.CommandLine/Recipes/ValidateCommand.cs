using System.CommandLine;
using Recipes.Connectors;
using Recipes.Engine;

namespace Recipes.CommandLine;

/// <summary><c>recipes validate</c>: recipe files, without a host.</summary>
internal static class ValidateCommand
{
    public static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("path") { Description = "Folders of recipes, or single files; a file may call the recipes beside it.", Arity = ArgumentArity.OneOrMore };
        var connectors = new Option<string[]>("--connectors") { Description = "A folder of connectors of your own beside the built-in ones; may be given several times." };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var command = new Command("validate", "Check recipe files as a whole: all faults at once, each with its place. Answers 0 when they can run, 1 when something is wrong, 2 for arguments that make no sense. Whether connections are set up is for the host to say.")
        {
            paths, connectors, json,
        };
        command.SetAction(parsed => Validate(parsed.GetValue(paths)!, parsed.GetValue(connectors) ?? [], parsed.GetValue(json), terminal));
        return command;
    }

    private static int Validate(string[] paths, string[] folders, bool isJson, Terminal terminal)
    {
        if (folders.FirstOrDefault(f => !Directory.Exists(f)) is { } absent)
            throw new CommandTroubleException($"There is no folder '{absent}'.");
        var catalogue = ConnectorCatalogue.Load(folders);
        foreach (var fault in catalogue.Faults)
            terminal.Error.WriteLine(fault);
        var checkedFiles = new List<CheckedRecipe>();
        // Recipes of one folder know each other, those of two do not.
        foreach (var folder in RecipeFiles.At(paths).GroupBy(f => Path.GetDirectoryName(Path.GetFullPath(f))!))
        {
            var beside = RecipeFiles.Read(RecipeFiles.In(folder.Key).Union(folder));
            var found = RecipeChecker.Check(beside, catalogue);
            checkedFiles.AddRange(folder.Select(f => new CheckedRecipe(f, RecipeFiles.NameOf(f), found[RecipeFiles.NameOf(f)])));
        }

        var faults = checkedFiles.Sum(c => c.Faults.Count);
        var isSound = faults == 0 && catalogue.Faults.Count == 0;
        if (isJson)
            terminal.Line(OutputJson.Of(new { passed = isSound, recipes = checkedFiles }));
        else
            Tell(checkedFiles, faults, terminal);
        return isSound ? RecipesCommand.Passed : RecipesCommand.Failed;
    }

    private static void Tell(List<CheckedRecipe> files, int faults, Terminal terminal)
    {
        foreach (var file in files)
        {
            terminal.Line($"{(file.Faults.Count == 0 ? "✓" : "✗")} {file.File}");
            foreach (var fault in file.Faults)
                terminal.Line($"    {RecipeText.Of(fault)}");
            foreach (var warning in file.Warnings)
                terminal.Line($"    warning: {RecipeText.Of(warning)}");
        }

        var warnings = files.Sum(f => f.Warnings.Count);
        terminal.Line($"{RecipeText.Count(files.Count, "recipe")}, {RecipeText.Count(faults, "fault")}, {RecipeText.Count(warnings, "warning")}.");
    }

    /// <summary>What was found in one file.</summary>
    private sealed record CheckedRecipe(string File, string Recipe, IReadOnlyList<RecipeFault> Faults, IReadOnlyList<RecipeFault> Warnings)
    {
        public CheckedRecipe(string file, string recipe, RecipeCheck check)
            : this(file, recipe, check.Faults, check.Warnings)
        {
        }
    }
}
