using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

/// <summary>A mail was noted.</summary>
internal sealed class DeliverySignal : Signal;
