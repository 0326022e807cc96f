using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox;

/// <summary>There is something to tell.</summary>
internal sealed class WebhookWake : Wake;

/// <summary>Something is due at another time than was known.</summary>
internal sealed class DueWake : Wake;
