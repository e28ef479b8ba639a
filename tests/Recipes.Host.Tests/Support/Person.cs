using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Recipes.Host.Tests;

/// <summary>A person at a browser without scripts, who is signed in to Recipes and has accounts at the CRM.</summary>
internal sealed class Person(Uri address) : IDisposable
{
    private readonly ConsentRobot _robot = new();

    /// <summary>The browser, with its cookies; follows no redirect.</summary>
    public HttpClient Http => _robot.Client;

    public async Task<Person> SignInAsync(string token)
    {
        using var answer = await SendFormAsync("/sign-in", new() { ["token"] = token });
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        return this;
    }

    public async Task<HttpResponseMessage> GetAsync(string path) => await Http.GetAsync(new Uri(address, path));

    public async Task<IHtmlDocument> OpenAsync(string path)
    {
        using var answer = await GetAsync(path);
        return new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Opens a page, fills in the form in its content and sends it.</summary>
    public async Task<HttpResponseMessage> SendFormAsync(string path, Dictionary<string, string>? values = null, string selector = "main form[method=post]", IReadOnlyCollection<string>? unticked = null)
    {
        var form = (await OpenAsync(path)).QuerySelector<IHtmlFormElement>(selector).ShouldNotBeNull($"There is no form on {path}.");
        var all = form.Elements.OfType<IHtmlInputElement>().Where(i => !string.IsNullOrEmpty(i.Name)).ToDictionary(i => i.Name!, i => i.Value);
        foreach (var (name, value) in values ?? [])
            all[name] = value;
        foreach (var name in unticked ?? [])
            all.Remove(name).ShouldBeTrue($"There is no box '{name}' on {path}.");
        return await Http.PostAsync(new Uri(address, form.GetAttribute("action")), new FormUrlEncodedContent(all));
    }

    /// <summary>Goes from our connect page to the CRM, signs in there and allows it.</summary>
    /// <param name="path">The connect page.</param>
    /// <returns>The callback address, which is not called yet.</returns>
    /// <param name="unticked">Names of boxes to leave without a tick.</param>
    public async Task<Uri> ConsentAsync(string path, string account, string password, params string[] unticked)
    {
        using var leaving = await SendFormAsync(path, unticked: unticked);
        leaving.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await leaving.Content.ReadAsStringAsync());
        return await _robot.AuthorizeAsync(leaving.Headers.Location!, account, password);
    }

    /// <summary>Connects an account: consent, callback and the page after it.</summary>
    /// <returns>The id of the connection.</returns>
    public async Task<Guid> ConnectAsync(string path, string account, string password, params string[] unticked)
    {
        using var back = await Http.GetAsync(await ConsentAsync(path, account, password, unticked));
        back.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await back.Content.ReadAsStringAsync());
        var page = await OpenAsync(back.Headers.Location!.OriginalString);
        page.QuerySelector("h1")!.TextContent.ShouldBe("Authorization complete");
        return Guid.Parse(back.Headers.Location.OriginalString.Split('/')[2]);
    }

    public void Dispose() => _robot.Dispose();
}
