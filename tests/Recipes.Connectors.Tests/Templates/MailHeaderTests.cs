namespace Recipes.Connectors.Tests;

public sealed class MailHeaderTests
{
    [Theory]
    [InlineData("Hello", "Hello")]
    [InlineData(" Hello\r\nBcc: eve@example.org ", "Hello  Bcc: eve@example.org")]
    [InlineData("Grüße", "=?utf-8?B?R3LDvMOfZQ==?=")]
    [InlineData("", "")]
    public void A_text_becomes_one_header(string text, string expected) => MailHeader.Encode(text).ShouldBe(expected);

    [Fact]
    public void Long_words_are_split_between_letters()
    {
        var encoded = MailHeader.Encode(string.Concat(Enumerable.Repeat("ä€😀", 30)));

        var words = encoded.Split("\r\n ");
        words.ShouldAllBe(w => w.Length <= 75);
        string.Concat(words.Select(w => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(w[10..^2])))).ShouldBe(string.Concat(Enumerable.Repeat("ä€😀", 30)));
    }

    [Fact]
    public void A_mail_is_put_together()
    {
        Template.TryParse("{{base64Url (concat 'Subject: ' (mailHeader input.subject) '\r\n\r\n' input.text)}}", TemplateScope.Action, out var template, out var error).ShouldBeTrue(error);

        var raw = template!.Render(new Dictionary<string, object?> { ["input"] = new Dictionary<string, object?> { ["subject"] = "Ü\r\nX: y", ["text"] = "a\nb?>" } });

        System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(raw)).ShouldBe("Subject: =?utf-8?B?w5wgIFg6IHk=?=\r\n\r\na\nb?>");
    }
}
