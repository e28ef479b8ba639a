using Microsoft.Playwright;

namespace Recipes.Host.Tests;

/// <summary>A hand on Studio's canvas: with the mouse, as people do.</summary>
internal sealed class StudioDrawing(StudioDesk desk)
{
    private IPage Page => desk.Page;

    /// <summary>The field of an input, by its label.</summary>
    public ILocator Field(string label) => Page.Locator($"#studio-view .mud-input-control:has(label:text-is(\"{label}\"))").First;

    /// <summary>Makes a new recipe from the list, and waits for its canvas.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> CreateAsync(string title)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Create workflow" }).ClickAsync();
        var dialog = Page.Locator(".mud-dialog");
        await dialog.GetByLabel("Name").FillAsync(title);
        await dialog.GetByLabel("Name").BlurAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Ok" }).ClickAsync();
        await Page.WaitForURLAsync("**/studio/recipes/*");
        await Assertions.Expect(Page.Locator(".x6-graph-svg")).ToBeVisibleAsync();
        return Uri.UnescapeDataString(new Uri(Page.Url).Segments[^1]);
    }

    /// <summary>Drags an activity from the toolbox to a place on the canvas, in pixels from its upper left.</summary>
    public async Task DropAsync(string category, string activity, int x, int y)
    {
        var steps = await Page.Locator(".x6-node").CountAsync();
        await Page.GetByPlaceholder("Search").First.FillAsync(activity);
        var group = Page.Locator(".mud-expand-panel").Filter(new() { Has = Page.Locator(".mud-expand-panel-header").GetByText(category, new() { Exact = true }) });
        var item = group.Locator("[draggable=true]").Filter(new() { Has = Page.GetByText(activity, new() { Exact = true }) }).First;
        // What a search finds is unfolded by itself, with a movement.
        await item.ClickAsync(new() { Trial = true });
        await DragAsync(await CentreAsync(item), await CornerAsync(Page.Locator(".x6-graph").First, x, y));
        await Assertions.Expect(Page.Locator(".x6-node")).ToHaveCountAsync(steps + 1);
    }

    /// <summary>Draws an edge from a port of one step into another step, by their names.</summary>
    public async Task ConnectAsync(string from, string port, string to)
    {
        var edges = await Page.Locator(".x6-edge").CountAsync();
        await DragAsync(await CentreAsync(NodeOf(from).Locator($"g.x6-port-body[port='{port}']")), await CentreAsync(NodeOf(to).Locator("g.x6-port-body[port='In']")));
        await Assertions.Expect(Page.Locator(".x6-edge")).ToHaveCountAsync(edges + 1);
    }

    public async Task SelectAsync(string step)
    {
        // Selecting what is selected asks for nothing anew.
        await Page.Locator(".x6-graph-svg").ClickAsync(new() { Position = new() { X = 8, Y = 8 }, Force = true });
        await NodeOf(step).Locator(".elsa-activity").ClickAsync();
        await Assertions.Expect(Page.Locator("#studio-view").GetByRole(AriaRole.Tab, new() { Name = "Input", Exact = true })).ToBeVisibleAsync();
    }

    public async Task ChooseAsync(string label, string item)
    {
        await Field(label).Locator(".mud-input-slot[tabindex]").ClickAsync();
        await Page.Locator(".mud-popover-open [role=option]").Filter(new() { HasText = item }).First.ClickAsync();
    }

    public async Task FillAsync(string label, string value)
    {
        await Field(label).Locator("input, textarea").First.FillAsync(value);
        await Field(label).Locator("input, textarea").First.BlurAsync();
    }

    // Studio's buttons have no names, only pictures.
    public Task PublishAsync() => Page.Locator("#studio-view button.mud-icon-button.mud-primary-text").First.ClickAsync();

    private ILocator NodeOf(string step) => Page.Locator(".x6-node").Filter(new() { HasText = step });

    private static async Task<(float X, float Y)> CentreAsync(ILocator what)
    {
        var box = (await what.BoundingBoxAsync()).ShouldNotBeNull();
        return (box.X + (box.Width / 2), box.Y + (box.Height / 2));
    }

    private static async Task<(float X, float Y)> CornerAsync(ILocator what, int x, int y)
    {
        var box = (await what.BoundingBoxAsync()).ShouldNotBeNull();
        return (box.X + x, box.Y + y);
    }

    private async Task DragAsync((float X, float Y) from, (float X, float Y) to)
    {
        await Page.Mouse.MoveAsync(from.X, from.Y);
        await Page.Mouse.DownAsync();
        await Page.Mouse.MoveAsync(from.X + 12, from.Y + 6, new() { Steps = 4 });
        await Page.Mouse.MoveAsync(to.X, to.Y, new() { Steps = 10 });
        await Page.Mouse.UpAsync();
    }
}
