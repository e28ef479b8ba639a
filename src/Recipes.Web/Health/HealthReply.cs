namespace Recipes.Web;

/// <summary>What needs somebody, and what every definition looks like.</summary>
/// <param name="NeedPerson">How many things need the caller: connections, and rejected clients that they may put right.</param>
/// <param name="RejectedClients">Definitions whose OAuth client the provider refuses.</param>
/// <param name="Incidents">Providers that refuse many accounts at once; nothing for who may not manage connections.</param>
/// <param name="Groups">Connections by what they need, the most pressing first.</param>
public sealed record HealthReply(int NeedPerson, IReadOnlyList<RejectedClientReply> RejectedClients, IReadOnlyList<IncidentReply> Incidents, IReadOnlyList<HealthGroupReply> Groups, IReadOnlyList<DefinitionHealthReply> Definitions);

/// <param name="Connections">How many connections work on it.</param>
public sealed record RejectedClientReply(string Definition, string DisplayName, FailureReply Failure, int Connections);

/// <param name="Host">The host that refuses, with its port.</param>
/// <param name="Connections">How many connections are held: nothing is sent with them and nothing held against them until it is over.</param>
/// <param name="Tries">How often it was tried, with a few of them, whether it is over.</param>
public sealed record IncidentReply(Guid Id, string Connector, string Host, DateTimeOffset Since, int Connections, int Tries, DateTimeOffset NextTryAt, string Guidance);

/// <param name="NeedsPerson">Whether somebody has to do something; else they look after themselves.</param>
/// <param name="Guidance">What to do, in plain words.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Newest">Those whose trouble came last, as many as were asked for.</param>
public sealed record HealthGroupReply(Attention Attention, bool NeedsPerson, string Guidance, int Count, IReadOnlyList<ConnectionView> Newest);

/// <summary>How many connections of a definition have which health.</summary>
public sealed record DefinitionHealthReply(string Definition, string DisplayName, string Connector, int Green, int Yellow, int Red, int Grey);
