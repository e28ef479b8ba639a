using System.Globalization;
using Serilog;
using Serilog.Events;

namespace Recipes.Host;

/// <summary>The log: short lines on the console, and in a file where <c>Log:File</c> names one.</summary>
internal static class HostLog
{
    private const string Line = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}";
    private const string FileLine = "{Timestamp:O} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";

    /// <remarks>Settings: <c>Log:Level</c> (Information), <c>Log:File</c> (none; one file a day, 14 are kept).</remarks>
    public static void AddHostLog(this WebApplicationBuilder builder)
    {
        var level = builder.Configuration.GetValue("Log:Level", LogEventLevel.Information);
        var log = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            // Requests and clients would log addresses, with codes and keys in them.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            // Warns about each form that its page is not cached, which is meant.
            .MinimumLevel.Override("Microsoft.AspNetCore.Antiforgery", LogEventLevel.Error)
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Fatal)
            .Enrich.FromLogContext()
            .WriteTo.Console(outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture);
        if (builder.Configuration["Log:File"] is { Length: > 0 } file)
            log.WriteTo.File(file, outputTemplate: FileLine, rollingInterval: RollingInterval.Day, retainedFileCountLimit: 14, formatProvider: CultureInfo.InvariantCulture);
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(log.CreateLogger(), dispose: true);
    }
}
