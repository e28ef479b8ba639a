namespace Recipes.Web;

/// <summary>What needs somebody, and what every definition looks like.</summary>
/// <param name="NeedPerson">How many things need the caller: connections, and rejected clients that they may put right.</param>
/// <param name="RejectedClients">Definitions whose OAuth client the provider refuses.</param>
/// <param name="Groups">Connections by what they need, the most pressing first.</param>
public sealed record HealthReply(int NeedPerson, IReadOnlyList<RejectedClientReply> RejectedClients, IReadOnlyList<HealthGroupReply> Groups, IReadOnlyList<DefinitionHealthReply> Definitions);

/// <param name="Connections">How many connections work on it.</param>
public sealed record RejectedClientReply(string Definition, string DisplayName, FailureReply Failure, int Connections);

/// <param name="NeedsPerson">Whether somebody has to do something; else they look after themselves.</param>
/// <param name="Guidance">What to do, in plain words.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Newest">Those whose trouble came last, as many as were asked for.</param>
public sealed record HealthGroupReply(Attention Attention, bool NeedsPerson, string Guidance, int Count, IReadOnlyList<ConnectionView> Newest);

/// <summary>How many connections of a definition have which health.</summary>
public sealed record DefinitionHealthReply(string Definition, string DisplayName, string Connector, int Green, int Yellow, int Red, int Grey);
