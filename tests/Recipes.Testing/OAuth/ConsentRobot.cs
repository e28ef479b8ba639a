using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Recipes.Testing;

/// <summary>A person at a browser without scripts: follows redirects, keeps cookies, fills sign-in and consent forms.</summary>
/// <remarks>One robot is one browser: its cookies last for all its calls, so a second authorization finds the person signed in.</remarks>
public sealed class ConsentRobot : IDisposable
{
    private const int MostSteps = 30;

    private static readonly string[] s_loginNames = ["login", "username", "user", "account", "email", "identifier"];
    private static readonly string[] s_denials = ["deny", "cancel", "abort", "refuse", "decline", "reject"];

    private readonly HttpClient _client;

    public ConsentRobot() =>
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies, UseProxy = false });

    /// <summary>The cookies of this browser.</summary>
    public CookieContainer Cookies { get; } = new();

    /// <summary>The browser itself: with its cookies, following no redirect. To call the callback, or pages that need the cookies.</summary>
    public HttpClient Client => _client;

    /// <summary>Opens an authorize address and does what the pages ask, until the provider sends the browser back to the app.</summary>
    /// <param name="authorizeAddress">The provider's, or one of ours that redirects there.</param>
    /// <param name="login">Filled into the field for the account.</param>
    /// <param name="password">Filled into password fields.</param>
    /// <param name="allow">Whether to consent, or, once signed in, to refuse.</param>
    /// <param name="callback">Where the way ends; null where the first address says so itself.</param>
    /// <returns>The callback address with its query. It is not called: <see cref="Client"/> can do so with the right cookies.</returns>
    /// <exception cref="InvalidOperationException">When the pages lead nowhere; the message shows the last one.</exception>
    public async Task<Uri> AuthorizeAsync(
        Uri authorizeAddress, string login, string password, bool allow = true, CancellationToken cancellationToken = default, Uri? callback = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, authorizeAddress);
        for (var step = 0; step < MostSteps; step++)
        {
            var address = request.RequestUri!;
            callback = RedirectUriIn(address) ?? callback;
            if (callback is not null && address.GetLeftPart(UriPartial.Path) == callback.GetLeftPart(UriPartial.Path))
            {
                return address;
            }

            using var answer = await _client.SendAsync(request, cancellationToken);
            if (answer.Headers.Location is { } location)
            {
                request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, location));
                continue;
            }

            var html = await answer.Content.ReadAsStringAsync(cancellationToken);
            request = answer.IsSuccessStatusCode ? Next(address, html, login, password, allow) : null;
            if (request is null)
            {
                throw new InvalidOperationException(
                    $"{address.GetLeftPart(UriPartial.Path)} answered {(int)answer.StatusCode} with a page that leads nowhere:\n{html}");
            }
        }

        throw new InvalidOperationException($"Not back at the app after {MostSteps} pages and redirects; the last was {request.RequestUri!.GetLeftPart(UriPartial.Path)}.");
    }

    /// <summary>Does the same, and then calls the callback in this browser.</summary>
    /// <returns>The app's answer; redirects are not followed.</returns>
    public async Task<HttpResponseMessage> AuthorizeAndReturnAsync(
        Uri authorizeAddress, string login, string password, bool allow = true, CancellationToken cancellationToken = default) =>
        await _client.GetAsync(await AuthorizeAsync(authorizeAddress, login, password, allow, cancellationToken), cancellationToken);

    /// <summary>Opens the address that a device code comes with and does what the pages ask, until the provider sends the browser no further.</summary>
    /// <param name="allow">Whether to consent, or, once signed in, to refuse.</param>
    /// <exception cref="InvalidOperationException">When it does not come to an end.</exception>
    public async Task DecideOnDeviceAsync(Uri completeAddress, string login, string password, bool allow = true, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, completeAddress);
        for (var step = 0; step < MostSteps; step++)
        {
            var address = request.RequestUri!;
            using var answer = await _client.SendAsync(request, cancellationToken);
            if (answer.Headers.Location is { } location)
            {
                request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, location));
                continue;
            }

            // The first page only hands the code in.
            var html = await answer.Content.ReadAsStringAsync(cancellationToken);
            if ((Next(address, html, login, password, allow) ?? (step == 0 ? Next(address, html, login, password, allow: true) : null)) is not { } next)
                return;
            request = next;
        }

        throw new InvalidOperationException($"No end after {MostSteps} pages and redirects; the last was {request.RequestUri!.GetLeftPart(UriPartial.Path)}.");
    }

    public void Dispose() => _client.Dispose();

    private static Uri? RedirectUriIn(Uri address) =>
        System.Web.HttpUtility.ParseQueryString(address.Query)["redirect_uri"] is { } text && Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null;

    private static HttpRequestMessage? Next(Uri address, string html, string login, string password, bool allow)
    {
        var page = new HtmlParser().ParseDocument(html);
        var signsIn = page.QuerySelector("form input[type=password]") is not null;
        if (!allow && !signsIn && page.Links.FirstOrDefault(Denies)?.GetAttribute("href") is { } refusal)
        {
            return new HttpRequestMessage(HttpMethod.Get, new Uri(address, refusal));
        }

        var forms = page.Forms.OfType<IHtmlFormElement>().ToList();
        var form = (signsIn ? forms.FirstOrDefault(candidate => candidate.QuerySelector("input[type=password]") is not null) : null)
            ?? (allow ? forms.FirstOrDefault(candidate => Submits(candidate).Any(button => !Denies(button))) : forms.FirstOrDefault(candidate => Submits(candidate).Any(Denies)))
            ?? (allow ? forms.FirstOrDefault() : null);
        return form is null ? null : Filled(form, address, login, password, allow || signsIn);
    }

    private static HttpRequestMessage Filled(IHtmlFormElement form, Uri address, string login, string password, bool allow)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var input in form.QuerySelectorAll("input, select, textarea").Where(field => !string.IsNullOrEmpty(field.GetAttribute("name"))))
        {
            var name = input.GetAttribute("name")!;
            var type = (input.GetAttribute("type") ?? "text").ToLowerInvariant();
            var value = (input is IHtmlSelectElement select ? select.Value : input.GetAttribute("value") ?? input.TextContent) ?? "";
            if (type is "submit" or "button" or "image" or "reset" || (type is "checkbox" or "radio" && !input.HasAttribute("checked")))
            {
                continue;
            }

            value = type is "checkbox" && value.Length == 0 ? "on" : value;
            value = type is "password" ? password : value;
            value = type is "text" or "email" && s_loginNames.Contains(name, StringComparer.OrdinalIgnoreCase) ? login : value;
            fields.Add(new(name, value));
        }

        var button = Submits(form).FirstOrDefault(candidate => Denies(candidate) != allow);
        if (button?.GetAttribute("name") is { Length: > 0 } buttonName)
        {
            fields.Add(new(buttonName, button.GetAttribute("value") ?? ""));
        }

        var target = new Uri(address, button?.GetAttribute("formaction") ?? form.GetAttribute("action") ?? "");
        var content = new FormUrlEncodedContent(fields);
        return string.Equals(form.Method, "post", StringComparison.OrdinalIgnoreCase)
            ? new HttpRequestMessage(HttpMethod.Post, target) { Content = content }
            : new HttpRequestMessage(HttpMethod.Get, new UriBuilder(target) { Query = content.ReadAsStringAsync().GetAwaiter().GetResult() }.Uri);
    }

    // A button may stand outside of its form.
    private static IEnumerable<IElement> Submits(IHtmlFormElement form) =>
        form.QuerySelectorAll("button, input").Concat(form.Owner!.QuerySelectorAll("button[form]").Where(button => button.GetAttribute("form") == form.Id))
            .Where(button => (button.GetAttribute("type") ?? (button.LocalName == "button" ? "submit" : "text")) is "submit" or "image");

    private static bool Denies(IElement element)
    {
        var words = $"{element.GetAttribute("name")} {element.GetAttribute("value")} {element.GetAttribute("href")} {element.GetAttribute("formaction")} {element.TextContent}";
        return s_denials.Any(word => words.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
