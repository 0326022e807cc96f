using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox;

/// <summary>There is something to tell.</summary>
internal sealed class WebhookSignal : Signal;

/// <summary>Something is due at another time than was known.</summary>
internal sealed class DueSignal : Signal;
