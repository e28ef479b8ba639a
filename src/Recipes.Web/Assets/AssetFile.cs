using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Recipes.Web;

/// <summary>A style sheet, script or picture, carried in the assembly. Its address has a hash of its content, so browsers keep it for good.</summary>
public sealed class AssetFile
{
    public static readonly AssetFile Css = new("recipes.css", "text/css; charset=utf-8");
    public static readonly AssetFile CopyScript = new("copy.js", "text/javascript; charset=utf-8");
    public static readonly AssetFile DeviceScript = new("device.js", "text/javascript; charset=utf-8");
    public static readonly AssetFile FieldsScript = new("fields.js", "text/javascript; charset=utf-8");
    public static readonly AssetFile FilterScript = new("filter.js", "text/javascript; charset=utf-8");
    public static readonly AssetFile WizardScript = new("wizard.js", "text/javascript; charset=utf-8");
    public static readonly AssetFile CallScript = new("call.js", "text/javascript; charset=utf-8");
    public static readonly AssetFile OnceScript = new("once.js", "text/javascript; charset=utf-8");
    public static readonly AssetFile RunScript = new("run.js", "text/javascript; charset=utf-8");
    public static readonly AssetFile Icons = new("icons.svg", "image/svg+xml");
    public static readonly AssetFile Logo = new("logo.svg", "image/svg+xml");

    /// <summary>The same style, for what has the class <c>recipes</c> on a page that is styled by somebody else: nothing of it reaches the rest.</summary>
    public static readonly AssetFile ScopedCss = new("scoped.css", "text/css; charset=utf-8", Scoped(Read("recipes.css")));

    private readonly byte[] _content;
    private readonly string _type;

    private AssetFile(string name, string type)
        : this(name, type, Read(name))
    {
    }

    private AssetFile(string name, string type, byte[] content)
    {
        (_content, _type) = (content, type);
        Address = $"/assets/{Convert.ToHexStringLower(SHA256.HashData(_content).AsSpan(0, 6))}/{name}";
    }

    public string Address { get; }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var asset in (AssetFile[])[Css, ScopedCss, CopyScript, DeviceScript, FieldsScript, FilterScript, WizardScript, CallScript, OnceScript, RunScript, Icons, Logo])
            routes.MapGet(asset.Address, asset.Get).AllowAnonymous().ExcludeFromDescription();
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(AssetFile).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    // Source: CSS Cascading and Inheritance Level 6, §2.5: inside, the scoped element stands where the document's stood.
    private static byte[] Scoped(byte[] css) => Encoding.UTF8.GetBytes(
        $"@scope (.recipes) {{\n{Encoding.UTF8.GetString(css).Replace(":root {", ":scope {", StringComparison.Ordinal).Replace("\nbody {", "\n:scope {", StringComparison.Ordinal)}\n}}\n");

    private FileContentHttpResult Get(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.File(_content, _type);
    }
}
