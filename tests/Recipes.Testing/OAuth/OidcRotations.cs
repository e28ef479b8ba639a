namespace Recipes.Testing;

/// <summary>An <see cref="OidcProvider"/>'s own record of refreshes.</summary>
/// <param name="Rotations">Those that it answered with new tokens, in order, also where that answer never arrived.</param>
/// <param name="Reuses">Refreshes that it refused because their token had been replaced before.</param>
/// <param name="Calls">What <c>/api/bare</c> answered, by status.</param>
public sealed record OidcRotations(IReadOnlyList<OidcRotation> Rotations, IReadOnlyList<OidcReuse> Reuses, IReadOnlyDictionary<string, int> Calls);

/// <summary>One refresh token that was spent for another. Tokens are hashed: SHA-256, lower-case hexadecimal.</summary>
/// <param name="Account">Whose grant it is.</param>
/// <param name="Node">What the request's header X-Node said.</param>
/// <param name="At">In milliseconds since 1970.</param>
/// <param name="Dropped">Whether a fault kept the answer back.</param>
public sealed record OidcRotation(string Account, string Spent, string Issued, string? Node, long At, bool Dropped);

/// <summary>One refresh token that came again after it had been replaced.</summary>
/// <param name="Account">Whose grant it was.</param>
/// <param name="Dropped">Whether a fault kept the refusal back.</param>
public sealed record OidcReuse(string Account, string Spent, string? Node, long At, bool Dropped);
