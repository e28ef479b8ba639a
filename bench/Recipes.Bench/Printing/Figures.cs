using System.Globalization;

namespace Recipes.Bench;

/// <summary>How figures are spelt.</summary>
internal static class Figures
{
    public static string Number(double value) => value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    public static string Range(Samples samples) => $"{Number(samples.Min)} to {Number(samples.Max)}";

    public static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    public static string AtLeast(double aim, double value, string unit = "") => $"at least {Plain(aim)}{unit}: {Verdict(value >= aim)}";

    public static string Below(double aim, double value, string unit) => $"below {Plain(aim)}{unit}: {Verdict(value < aim)}";

    private static string Plain(double aim) => aim.ToString("#,0.##", CultureInfo.InvariantCulture);

    private static string Verdict(bool met) => met ? "met" : "MISSED";
}
