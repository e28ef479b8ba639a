using static Recipes.Engine.Tests.Json;

namespace Recipes.Engine.Tests.Folder;

public sealed class FolderTests
{
    [Fact]
    public async Task A_changed_file_replaces_its_recipe_and_the_version_is_the_hash_of_the_file()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Say("a", "one"))));
        var before = kitchen.Catalogue.Find("it")!.Version;

        kitchen.With("it", Definition(Sequence(Say("a", "two"))));
        var run = await kitchen.RunAsync("it");

        run.Notes().ShouldBe(["two"]);
        run.RecipeVersion.ShouldNotBe(before);
        run.RecipeVersion.ShouldMatch("^[0-9a-f]{12}$");
    }

    [Fact]
    public async Task A_file_with_faults_leaves_the_last_good_version_in_place()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Say("a", "one"))));
        var good = kitchen.Catalogue.Find("it")!.Version;

        kitchen.With("it", Definition(Sequence(Activity("a", "Nope"))));
        var run = await kitchen.RunAsync("it");

        run.Notes().ShouldBe(["one"]);
        run.RecipeVersion.ShouldBe(good);
        kitchen.Catalogue.Find("it")!.Faults.Single().Activity.ShouldBe("a");

        kitchen.With("it", Definition(Sequence(Say("a", "two"))));
        kitchen.Catalogue.Find("it")!.Faults.ShouldBeEmpty();
        (await kitchen.RunAsync("it")).Notes().ShouldBe(["two"]);
    }

    [Fact]
    public void A_deleted_file_takes_its_recipe_away()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Say("a", "one"))));

        File.Delete(Path.Combine(kitchen.Directory, "it.json"));
        kitchen.Folder.Scan();

        kitchen.Catalogue.Find("it").ShouldBeNull();
        kitchen.Catalogue.All.ShouldBeEmpty();
    }

    [Fact]
    public void A_file_that_is_half_written_is_not_shown_until_it_stays_so()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Say("a", "one"))));

        kitchen.Write("it", """{"root": {"type": "Elsa.Seq""");
        kitchen.Folder.Scan();
        var first = kitchen.Catalogue.Find("it")!.Faults;
        kitchen.Folder.Scan();
        var second = kitchen.Catalogue.Find("it")!;

        first.ShouldBeEmpty();
        second.Faults.Single().Message.ShouldContain("This is no JSON");
        second.CanRun.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"name": "\ud800", "root": {"id": "a", "type": "Recipes.Callable"}}""")]
    [InlineData("""{"root": {"id": "a", "type": "Elsa.WriteLine", "text": {"typeName": "String", "expression": {"type": "Object", "value": "{\"x\": \"\\ud800\"}"}}}}""")]
    [InlineData("""{"root": {"id": "a", "type": "Elsa.WriteLine", "text": {"typeName": "String", "expression": {"type": "Variable", "value": "{\"id\": \"\\ud800\"}"}}}}""")]
    [InlineData("""{"variables": [{"name": "n", "typeName": "Double", "value": 1e999}], "root": {"id": "a", "type": "Recipes.Callable"}}""")]
    public void A_file_with_a_value_that_no_program_can_hold_has_a_fault_and_harms_no_other(string file)
    {
        using var kitchen = new Kitchen().With("other", Definition(Sequence(Say("a", "one"))));

        kitchen.Write("odd", file);
        kitchen.Folder.Scan();
        kitchen.Folder.Scan();

        kitchen.Catalogue.Find("odd")!.Faults.ShouldNotBeEmpty();
        kitchen.Catalogue.Find("other")!.CanRun.ShouldBeTrue();
    }

    [Fact]
    public void A_recipe_whose_callee_is_deleted_cannot_run_until_it_is_back()
    {
        using var kitchen = new Kitchen()
            .With("inner", Definition(Sequence(Callable())))
            .With("outer", Definition(Sequence(Callable(), Call("c", "inner"))));

        File.Delete(Path.Combine(kitchen.Directory, "inner.json"));
        kitchen.Folder.Scan();
        var without = kitchen.Catalogue.Find("outer")!;
        kitchen.With("inner", Definition(Sequence(Callable())));
        var again = kitchen.Catalogue.Find("outer")!;

        without.CanRun.ShouldBeFalse();
        without.Faults.Single().Path.ShouldBe("root.activities[1].recipe");
        again.CanRun.ShouldBeTrue();
        again.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void A_callee_that_changes_its_inputs_keeps_its_callers_fault_beside_it()
    {
        using var kitchen = new Kitchen()
            .With("inner", Definition(Sequence(Callable())))
            .With("outer", Definition(Sequence(Callable(), Call("c", "inner"))));

        kitchen.With("inner", Definition(Sequence(Callable()), inputs: ["a:String"]));

        kitchen.Catalogue.Find("outer")!.Faults.Single().Message.ShouldContain("needs the input 'a'");
    }

    [Fact]
    public void Other_files_are_left_alone()
    {
        using var kitchen = new Kitchen();
        kitchen.Write(".hidden", "{");
        File.WriteAllText(Path.Combine(kitchen.Directory, "notes.txt"), "x");
        File.WriteAllText(Path.Combine(kitchen.Directory, "it.json.tmp"), "{");

        kitchen.Folder.Start();

        kitchen.Catalogue.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_on_disk_is_seen_by_itself_and_told_once_per_reload()
    {
        using var kitchen = new Kitchen();
        kitchen.Folder.Start();
        var seen = new TaskCompletionSource();
        kitchen.Catalogue.Changed += (_, _) =>
        {
            if (kitchen.Catalogue.Find("it") is { CanRun: true })
                seen.TrySetResult();
        };

        kitchen.Write("it", Definition(Sequence(Say("a", "one"))).ToJsonString());

        await seen.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_scan_without_a_change_tells_nothing()
    {
        using var kitchen = new Kitchen().With("it", Definition(Sequence(Say("a", "one"))));
        var told = 0;
        kitchen.Catalogue.Changed += (_, _) => told++;

        kitchen.Folder.Scan();
        kitchen.With("two", Definition(Sequence(Say("a", "one"))));

        told.ShouldBe(1);
    }
}
