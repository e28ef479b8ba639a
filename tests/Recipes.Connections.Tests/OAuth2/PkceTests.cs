using System.Buffers.Text;

namespace Recipes.Connections.Tests;

public sealed class PkceTests
{
    // RFC 7636 appendix B; the verifier of RFC 9449 figure 5.
    [Theory]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")]
    [InlineData("bEaL42izcC-o-xBk0K2vuJ6U-y1p9r_wW2dFWIWgjz-", "HtPJkE32DJkowXxFcEC5nnFXgv1Z97Cn_krX96qwH0E")]
    public void The_challenge_is_the_one_of_the_RFC(string verifier, string challenge)
    {
        var scheme = new OAuth2Scheme { Name = "oauth2", DisplayName = "OAuth" };
        var inputs = new SchemeInputs { Fields = new Dictionary<string, string>(), Credential = new Credential(), Client = new OAuthClient("id", secret: null), BaseAddress = new Uri("https://app.example/"), Time = TimeProvider.System };

        var parameters = AuthorizationRequest.Parameters(scheme, inputs, "https://here.example/callback", "state", verifier, []);

        parameters.ShouldContain(new KeyValuePair<string, string>("code_challenge", challenge));
        parameters.ShouldContain(new KeyValuePair<string, string>("code_challenge_method", "S256"));
        Base64Url.DecodeFromChars(challenge).Length.ShouldBe(32);
    }
}
