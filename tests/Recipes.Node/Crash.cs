using System.Diagnostics;

namespace Recipes.Node;

internal static class Crash
{
    /// <summary>SIGKILL: nothing is flushed, disposed or said any more.</summary>
    public static void If(bool now)
    {
        if (!now)
            return;
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
