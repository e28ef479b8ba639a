namespace Recipes.Engine;

/// <summary>What a delivery to a webhook of no app has to prove.</summary>
public enum WebhookProof
{
    /// <summary>Nothing: whoever knows the address may call.</summary>
    None,
    /// <summary>That its sender knows the secret: <c>Authorization: Bearer …</c>.</summary>
    Token,
    /// <summary>That its sender signed it, as Standard Webhooks has it.</summary>
    Standard,
}
