using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Recipes.Host.Tests;

/// <summary>How the files of Elsa Studio reach a browser, request by request.</summary>
public sealed class StudioFileTests(StudioOffice office) : IClassFixture<StudioOffice>
{
    private const string Fixed = "_framework/blazor.webassembly.js";

    private static readonly string s_package = RepositoryRoot.Combine("src", "Recipes.Host", "Studio", "Package", "node_modules", "@elsa-workflows", "elsa-studio-wasm");

    [StudioTheory]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip, br;q=0", "gzip")]
    [InlineData("gzip;q=0.5, *;q=0.1", "br")]
    [InlineData("identity", null)]
    [InlineData("", null)]
    public async Task A_browser_gets_the_smallest_form_that_it_takes_and_the_same_content_whichever(string accepted, string? encoding)
    {
        foreach (var (name, type) in new[] { (Fixed, "text/javascript"), (Fingerprinted("dotnet.native.*.wasm"), "application/wasm"), (Fingerprinted("icudt*.dat"), "application/octet-stream") })
        {
            using var answer = await SendAsync(HttpMethod.Get, name, ("Accept-Encoding", accepted));

            answer.StatusCode.ShouldBe(HttpStatusCode.OK, name);
            answer.Content.Headers.ContentEncoding.SingleOrDefault().ShouldBe(encoding);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
            answer.Headers.Vary.ShouldBe(["Accept-Encoding"]);
            Convert.ToHexString(SHA256.HashData(await PlainAsync(answer))).ShouldBe(Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(s_package, name)))), name);
        }
    }

    [StudioFact]
    public async Task What_is_named_after_its_content_is_kept_for_good_and_the_rest_is_asked_for_again()
    {
        using var named = await SendAsync(HttpMethod.Get, Fingerprinted("dotnet.runtime.*.js"));
        using var first = await SendAsync(HttpMethod.Get, Fixed, ("Accept-Encoding", "br"));
        using var again = await SendAsync(HttpMethod.Get, Fixed, ("Accept-Encoding", "br"), ("If-None-Match", first.Headers.ETag!.ToString()));
        using var otherForm = await SendAsync(HttpMethod.Get, Fixed, ("Accept-Encoding", "gzip"), ("If-None-Match", first.Headers.ETag!.ToString()));

        named.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable");
        first.Headers.CacheControl!.ToString().ShouldBe("public, no-cache");
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        again.Headers.ETag.ShouldBe(first.Headers.ETag);
        again.Headers.Vary.ShouldBe(["Accept-Encoding"]);
        (await again.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        otherForm.StatusCode.ShouldBe(HttpStatusCode.OK, "another encoding is another representation");
    }

    [StudioFact]
    public async Task A_question_for_the_head_alone_is_answered_like_the_whole()
    {
        using var whole = await SendAsync(HttpMethod.Get, Fixed, ("Accept-Encoding", "br"));
        using var head = await SendAsync(HttpMethod.Head, Fixed, ("Accept-Encoding", "br"));

        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentLength.ShouldBe((await whole.Content.ReadAsByteArrayAsync()).Length);
        head.Headers.ETag.ShouldBe(whole.Headers.ETag);
        head.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [StudioTheory]
    [InlineData("/studio/_content/../package.json")]
    [InlineData("/studio/_content/..%2fpackage.json")]
    [InlineData("/studio/_content/%2e%2e/%2e%2e/%2e%2e/package.json")]
    [InlineData("/studio/_framework/..%5c..%5cpackage.json")]
    [InlineData("/studio/_content//etc/passwd")]
    [InlineData("/studio/_framework/blazor.webassembly.js.br")]
    [InlineData("/studio/_framework/")]
    [InlineData("/studio/_FRAMEWORK/blazor.webassembly.js")]
    public async Task Nothing_but_the_package_s_own_files_can_be_read(string path)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, office.Place.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {office.Place.Address.Authority}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.ASCII);

        var status = await reader.ReadLineAsync();

        status.ShouldNotBeNull().Split(' ')[1].ShouldBeOneOf("303", "400", "404");
    }

    [StudioFact]
    public async Task Only_the_designer_s_page_may_run_WebAssembly_and_only_our_own_pages_may_frame_the_sign_in()
    {
        using var person = await office.Place.PersonAsync("operator");
        async Task<string> PolicyOfAsync(string path)
        {
            using var answer = await person.GetAsync(path);
            return answer.Headers.GetValues("Content-Security-Policy").Single();
        }

        (await PolicyOfAsync("/studio")).ShouldContain("'wasm-unsafe-eval'");
        (await PolicyOfAsync("/studio")).ShouldNotContain("'unsafe-eval'");
        foreach (var path in new[] { "/recipes", "/connections", "/runs", $"/studio/{Fixed}", "/sign-in", "/nowhere" })
        {
            var policy = await PolicyOfAsync(path);
            policy.ShouldNotContain("wasm-unsafe-eval", Case.Sensitive, path);
            policy.ShouldNotContain("unsafe-inline", Case.Sensitive, path);
            policy.ShouldContain("frame-ancestors 'none'", Case.Sensitive, path);
        }

        (await PolicyOfAsync("/studio/signed-in?embedded=1")).ShouldContain("frame-ancestors 'self'");
    }

    [StudioTheory]
    [InlineData("/workflows/definitions/hello/edit", "/studio/recipes/hello")]
    [InlineData("/studio/workflows/definitions/hello/edit", "/studio/recipes/hello")]
    [InlineData("/workflows/instances/01980000-0000-7000-8000-000000000001/view", "/studio/runs/01980000-0000-7000-8000-000000000001")]
    [InlineData("/studio/recipes", "/studio")]
    public async Task Where_Studio_believes_to_be_leads_to_where_it_is(string path, string address)
    {
        using var person = await office.Place.PersonAsync("operator");

        using var answer = await person.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        answer.Headers.Location!.OriginalString.ShouldBe(address);
    }

    [Fact]
    public async Task Without_the_package_the_host_starts_and_the_designer_says_what_to_run()
    {
        await using var place = await Workplace.StartAsync(settings: ["--Studio:Folder", "/nowhere/elsa-studio-wasm"]);
        using var person = await place.PersonAsync("operator");

        using var designer = await person.GetAsync("/studio/recipes/create-opportunity");
        using var file = await person.GetAsync($"/studio/{Fixed}");
        using var recipes = await person.GetAsync("/recipes");

        designer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await designer.Content.ReadAsStringAsync()).ShouldContain("run npm ci in src/Recipes.Host/Studio/Package");
        file.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        recipes.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static string Fingerprinted(string pattern) => $"_framework/{Path.GetFileName(Directory.EnumerateFiles(Path.Combine(s_package, "_framework"), pattern).First())}";

    private static async Task<byte[]> PlainAsync(HttpResponseMessage answer)
    {
        await using var sent = await answer.Content.ReadAsStreamAsync();
        await using Stream plain = answer.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "br" => new BrotliStream(sent, CompressionMode.Decompress),
            "gzip" => new GZipStream(sent, CompressionMode.Decompress),
            _ => sent,
        };
        using var copy = new MemoryStream();
        await plain.CopyToAsync(copy);
        return copy.ToArray();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string file, params (string Name, string Value)[] headers)
    {
        // Nobody is signed in: the files are for everyone.
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, AutomaticDecompression = DecompressionMethods.None });
        using var request = new HttpRequestMessage(method, new Uri(office.Place.Address, $"/studio/{file}"));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request);
    }
}
