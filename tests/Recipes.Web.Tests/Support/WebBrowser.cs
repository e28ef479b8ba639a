using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Recipes.Web.Tests;

/// <summary>Opens pages, keeps cookies and sends forms as they were rendered. Follows no redirect.</summary>
internal sealed class WebBrowser
{
    private readonly CookieContainer _cookies = new();

    public WebBrowser(Uri address) =>
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = _cookies }) { BaseAddress = address };

    public HttpClient Http { get; }

    public IEnumerable<Cookie> Cookies => _cookies.GetAllCookies();

    public async Task<WebBrowser> SignInAsync(string token)
    {
        (await SendFormAsync("/sign-in", new() { ["token"] = token })).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        return this;
    }

    public async Task<IHtmlDocument> OpenAsync(string path) => new HtmlParser().ParseDocument(await Http.GetStringAsync(path));

    /// <summary>Opens a page, fills in the form that is in its content and sends it.</summary>
    /// <param name="action">Where the form goes, when there are several.</param>
    public async Task<HttpResponseMessage> SendFormAsync(string path, Dictionary<string, string>? values = null, string? action = null) => await SendFormAsync(await OpenAsync(path), values, action);

    public Task<HttpResponseMessage> SendFormAsync(IHtmlDocument page, Dictionary<string, string>? values = null, string? action = null)
    {
        var form = page.QuerySelectorAll<IHtmlFormElement>("main form[method=post]").FirstOrDefault(f => action is null || f.GetAttribute("action") == action).ShouldNotBeNull();
        var all = form.Elements.OfType<IHtmlInputElement>().Where(i => !string.IsNullOrEmpty(i.Name) && i.Type is not "radio" && (i.Type is not "checkbox" || i.IsChecked)).ToDictionary(i => i.Name!, i => i.Value);
        foreach (var (name, value) in values ?? [])
            all[name] = value;
        return Http.PostAsync(form.GetAttribute("action"), new FormUrlEncodedContent(all));
    }
}
